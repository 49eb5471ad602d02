package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/volley-snn/volley/internal/record"
)

// undefined stands for a number that has no value.
const undefined = "–"

// count writes a whole number with commas: 12,500.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, parts...), ",")
}

// large writes a number of things for reading: 15.6 million.
func large(n int64) string {
	switch x := math.Abs(float64(n)); {
	case x >= 1e12:
		return digits(float64(n)/1e12, 3) + " trillion"
	case x >= 1e9:
		return digits(float64(n)/1e9, 3) + " billion"
	case x >= 1e6:
		return digits(float64(n)/1e6, 3) + " million"
	}
	return count(n)
}

// digits writes a number with about n significant digits, without an exponent
// where it is of ordinary size.
func digits(x float64, n int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return undefined
	}
	if x == 0 {
		return "0"
	}
	size := int(math.Floor(math.Log10(math.Abs(x))))
	var text string
	switch {
	case size >= n && size < 15:
		return count(int64(math.Round(x)))
	case size >= 15 || size < -5:
		text = strconv.FormatFloat(x, 'e', n-1, 64)
	default:
		text = strconv.FormatFloat(x, 'f', max(n-1-size, 0), 64)
		if math.Abs(x) >= 1000 {
			whole, fraction, point := strings.Cut(text, ".")
			if w, err := strconv.ParseInt(whole, 10, 64); err == nil {
				text = count(w)
				if point {
					text += "." + fraction
				}
			}
		}
	}
	return strings.Replace(text, "-", "−", 1)
}

// number writes a value of a summary.
func number(x record.Number, n int) string { return digits(float64(x), n) }

// percent writes a fraction.
func percent(x record.Number, decimals int) string {
	if !x.Defined() {
		return undefined
	}
	return fmt.Sprintf("%.*f\u00a0%%", decimals, 100*float64(x))
}

// span writes a time that is given in ms.
func span(ms float64) string {
	switch {
	case ms < 1000:
		return trim(ms) + "\u00a0ms"
	case ms < 600_000:
		return trim(ms/1000) + "\u00a0s"
	case ms < 7_200_000:
		return trim(ms/60_000) + "\u00a0min"
	}
	return trim(ms/3_600_000) + "\u00a0h"
}

// trim writes a number with up to 4 digits and no zeros at its end.
func trim(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return count(int64(x))
	}
	text := digits(x, 4)
	if strings.ContainsAny(text, ".") && !strings.Contains(text, "e") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// memory writes a size.
func memory(n int64) string {
	size, unit := float64(n), 0
	for size >= 1024 && unit < 4 {
		size, unit = size/1024, unit+1
	}
	if unit == 0 {
		return count(n) + " B"
	}
	return digits(size, 3) + [...]string{"", " KiB", " MiB", " GiB", " TiB"}[unit]
}

// plural writes a number with its noun.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return large(n) + " " + many
}

// list joins words: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
