package record

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
)

// Number is a float64 that JSON can always hold: NaN and the infinities, which
// stand for "not defined" (the CV of a population that never fired), are null.
type Number float64

// NaN is the number of what is not defined.
var NaN = Number(math.NaN())

// Defined reports whether n is finite.
func (n Number) Defined() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON writes null where n is not finite.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Defined() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads null as NaN.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = NaN
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}

// finite returns v with every float that JSON cannot hold replaced by nil. It
// looks into maps with string keys, slices, arrays, pointers and interfaces;
// structs are left to their own marshalling (their fields should be Numbers).
// Results are free-form, and one NaN in them must not cost a run its summary.
func finite(v any) any { return finiteValue(reflect.ValueOf(v), 0) }

// maxResultDepth bounds the nesting of results, so that a cycle is an error
// of the marshaller and not a stack overflow.
const maxResultDepth = 100

func finiteValue(v reflect.Value, depth int) any {
	if !v.IsValid() || depth > maxResultDepth {
		return nil
	}
	if _, ok := v.Interface().(json.Marshaler); ok {
		return v.Interface()
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if !Number(v.Float()).Defined() {
			return nil
		}
		return v.Interface()
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return finiteValue(v.Elem(), depth+1)
	case reflect.Map:
		out := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			out[fmt.Sprint(it.Key().Interface())] = finiteValue(it.Value(), depth+1)
		}
		return out
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return []any{}
		}
		out := make([]any, v.Len())
		for k := range out {
			out[k] = finiteValue(v.Index(k), depth+1)
		}
		return out
	}
	return v.Interface()
}
