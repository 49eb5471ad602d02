package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// unit is a unit of measure: what it measures, and its size in the base unit of
// that (ms, mV, pA, pF, nS, Hz, deg), which is factor times a power of ten.
type unit struct {
	measures string
	power    int
	factor   float64
}

var units = map[string]unit{
	"s": {"time", 3, 1}, "ms": {"time", 0, 1}, "us": {"time", -3, 1}, "min": {"time", 3, 60},
	"V": {"voltage", 3, 1}, "mV": {"voltage", 0, 1}, "uV": {"voltage", -3, 1},
	"A": {"current", 12, 1}, "mA": {"current", 9, 1}, "uA": {"current", 6, 1}, "nA": {"current", 3, 1}, "pA": {"current", 0, 1},
	"F": {"capacitance", 12, 1}, "uF": {"capacitance", 6, 1}, "nF": {"capacitance", 3, 1}, "pF": {"capacitance", 0, 1},
	"S": {"conductance", 9, 1}, "mS": {"conductance", 6, 1}, "uS": {"conductance", 3, 1}, "nS": {"conductance", 0, 1}, "pS": {"conductance", -3, 1},
	"Hz": {"frequency", 0, 1}, "kHz": {"frequency", 3, 1}, "1/s": {"frequency", 0, 1}, "1/ms": {"frequency", 3, 1},
	"deg": {"angle", 0, 1}, "rad": {"angle", 0, 180 / math.Pi},
}

// shifted is the number that text stands for, times a power of ten: the decimal is
// shifted and rounded once, so that 700 us is the same number as 0.7 ms.
func shifted(text string, power int) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || power == 0 || strings.ContainsAny(text, "xXnNpP_") { // hexadecimal, infinite, not a number
		return x * math.Pow10(power), err
	}
	digits, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		if exponent, err = strconv.Atoi(text[i+1:]); err != nil {
			return x * math.Pow10(power), nil
		}
		digits = text[:i]
	}
	return strconv.ParseFloat(digits+"e"+strconv.Itoa(exponent+power), 64)
}

// parseQuantity reads "20 ms" as a number of want; want "" takes a bare number,
// want "*" any unit, which it returns.
func parseQuantity(text, want string) (x float64, have string, err error) {
	text = strings.TrimSpace(text)
	number, name := text, ""
	if i := strings.LastIndexAny(text, " \t"); i >= 0 {
		number, name = strings.TrimSpace(text[:i]), text[i+1:]
	} else if i := strings.LastIndexAny(text, "0123456789."); i >= 0 && i+1 < len(text) {
		if _, known := units[text[i+1:]]; known {
			number, name = text[:i+1], text[i+1:]
		}
	}
	x, numErr := strconv.ParseFloat(number, 64)
	if numErr != nil || math.IsNaN(x) {
		return 0, "", fmt.Errorf("%q is not a number; expected %s", text, example(want))
	}
	if want == "" {
		if name != "" {
			return 0, "", fmt.Errorf("%q has a unit; expected a bare number", text)
		}
		return x, "", nil
	}
	have = name
	u, known := units[name]
	switch {
	case name == "" && want == "*":
		return x, "", nil
	case name == "" && math.IsInf(x, 0):
		return x, want, nil
	case name == "":
		return 0, "", fmt.Errorf("%q has no unit; expected %s", text, example(want))
	case !known:
		return 0, "", fmt.Errorf("%q has the unknown unit %q; expected %s", text, name, example(want))
	case want == "*":
		x, err = shifted(number, u.power)
		return x * u.factor, baseUnit(u.measures), err
	}
	w, ok := units[want]
	if !ok || w.measures != u.measures {
		return 0, "", fmt.Errorf("%q is a %s; expected %s", text, u.measures, example(want))
	}
	if x, err = shifted(number, u.power-w.power); err != nil {
		return 0, "", fmt.Errorf("%q is not a number; expected %s", text, example(want))
	}
	if u.factor != w.factor {
		x *= u.factor / w.factor
	}
	return x, want, nil
}

func baseUnit(measures string) string {
	for _, name := range []string{"ms", "mV", "pA", "pF", "nS", "Hz", "deg"} {
		if units[name].measures == measures {
			return name
		}
	}
	return ""
}

// example words what is expected: "a time, such as 20 ms".
func example(want string) string {
	such := map[string]string{"time": "20 ms", "voltage": "-70 mV", "current": "250 pA", "capacitance": "250 pF", "conductance": "1.5 nS", "frequency": "8 Hz", "angle": "90 deg"}
	if want == "*" {
		return "a weight, such as 50 pA, 0.1 mV or 2 nS"
	}
	u, ok := units[want]
	if !ok {
		return "a number"
	}
	article := "a"
	if u.measures == "angle" {
		article = "an"
	}
	return fmt.Sprintf("%s %s, such as %s", article, u.measures, such[u.measures])
}
