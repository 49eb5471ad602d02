package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// unit is a unit of measure: what it measures, and its size in the base unit of
// that (ms, mV, pA, pF, nS, Hz, deg).
type unit struct {
	measures string
	factor   float64
}

var units = map[string]unit{
	"s": {"time", 1e3}, "ms": {"time", 1}, "us": {"time", 1e-3}, "min": {"time", 6e4},
	"V": {"voltage", 1e3}, "mV": {"voltage", 1}, "uV": {"voltage", 1e-3},
	"A": {"current", 1e12}, "mA": {"current", 1e9}, "uA": {"current", 1e6}, "nA": {"current", 1e3}, "pA": {"current", 1},
	"F": {"capacitance", 1e12}, "uF": {"capacitance", 1e6}, "nF": {"capacitance", 1e3}, "pF": {"capacitance", 1},
	"S": {"conductance", 1e9}, "mS": {"conductance", 1e6}, "uS": {"conductance", 1e3}, "nS": {"conductance", 1}, "pS": {"conductance", 1e-3},
	"Hz": {"frequency", 1}, "kHz": {"frequency", 1e3}, "1/s": {"frequency", 1}, "1/ms": {"frequency", 1e3},
	"deg": {"angle", 1}, "rad": {"angle", 180 / math.Pi},
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
	case name == "" && (math.IsInf(x, 0) || false):
		return x, want, nil
	case name == "":
		return 0, "", fmt.Errorf("%q has no unit; expected %s", text, example(want))
	case !known:
		return 0, "", fmt.Errorf("%q has the unknown unit %q; expected %s", text, name, example(want))
	case want == "*":
		return x * u.factor, baseUnit(u.measures), nil
	}
	w, ok := units[want]
	if !ok || w.measures != u.measures {
		return 0, "", fmt.Errorf("%q is a %s; expected %s", text, u.measures, example(want))
	}
	if u == w {
		return x, want, nil
	}
	return x * u.factor / w.factor, want, nil
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
