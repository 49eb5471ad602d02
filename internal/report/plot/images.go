package plot

import (
	"encoding/base64"
	"fmt"
	"math"

	"github.com/volley-snn/volley/internal/record"
)

// Bounds of images.
const (
	maxImages      = 400       // of a result
	maxImagePixels = 1_000_000 // of all results
)

// Images is pictures of one size in 256 steps of grey.
type Images struct {
	Name   string        `json:"name"`
	Rows   int           `json:"rows"`
	Cols   int           `json:"cols"`
	Low    record.Number `json:"low"`  // value of the darkest
	High   record.Number `json:"high"` // and of the brightest pixel
	Unit   string        `json:"unit,omitempty"`
	Pixels string        `json:"pixels"` // base64 of Shown*Rows*Cols bytes
	Labels []string      `json:"labels,omitempty"`
	Shown  int           `json:"shown"`
	Total  int           `json:"total"`
}

// AddImages takes a result of kind "images", as a summary's JSON holds it: rows,
// cols, and images, each a list of numbers or of rows of them; labels, unit and
// note where there are. It returns the result's number among Data.Images and its
// note; false where value is no such thing.
func (d *Data) AddImages(name string, value any) (index int, note string, ok bool) {
	fields, _ := value.(map[string]any)
	list, _ := fields["images"].([]any)
	rows, cols := side(fields["rows"]), side(fields["cols"])
	size := rows * cols
	if kind, has := fields["kind"]; has && kind != "images" || len(list) == 0 || size == 0 {
		return 0, "", false
	}
	room := maxImagePixels
	for _, other := range d.Images {
		room -= other.Shown * other.Rows * other.Cols
	}
	out := Images{Name: name, Rows: rows, Cols: cols, Shown: min(len(list), maxImages, max(room, 0)/size), Total: len(list)}
	out.Unit, _ = fields["unit"].(string)
	labels, _ := fields["labels"].([]any)
	var pictures [][]float64
	for k := range out.Shown {
		at := k * len(list) / out.Shown // evenly spaced
		picture := flat(list[at], nil)
		if len(picture) != size {
			return 0, "", false
		}
		pictures = append(pictures, picture)
		if len(labels) == len(list) {
			out.Labels = append(out.Labels, fmt.Sprint(labels[at]))
		}
	}
	pixels, low, high := grey(pictures)
	out.Pixels, out.Low, out.High = base64.StdEncoding.EncodeToString(pixels), record.Number(low), record.Number(high)
	d.Images = append(d.Images, out)
	note, _ = fields["note"].(string)
	return len(d.Images) - 1, note, true
}

// side is a height or width that can be drawn, or 0.
func side(value any) int {
	if x, ok := value.(float64); ok && x >= 1 && x <= 1024 && x == math.Floor(x) {
		return int(x)
	}
	return 0
}

// grey is the pictures' values in 256 steps from the lowest to the highest of all;
// what is not finite is as the lowest.
func grey(pictures [][]float64) (pixels []byte, low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, picture := range pictures {
		for _, v := range picture {
			if record.Number(v).Defined() {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low > high {
		low, high = 0, 0
	}
	for _, picture := range pictures {
		for _, v := range picture {
			shade := 0.0
			if record.Number(v).Defined() && high > low {
				shade = math.Round(255 * ((v - low) / (high - low)))
			}
			pixels = append(pixels, byte(shade))
		}
	}
	return pixels, low, high
}

// flat appends the numbers of nested lists in order; null is NaN.
func flat(value any, to []float64) []float64 {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			to = flat(item, to)
		}
	case float64:
		to = append(to, v)
	case nil:
		to = append(to, math.NaN())
	}
	return to
}
