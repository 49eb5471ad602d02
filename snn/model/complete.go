package model

import (
	"reflect"

	"github.com/volley-snn/volley/snn/random"
)

// Complete fills in what is left out of a model built in Go, as Load does: every
// number and word that is zero and has a default takes it. A false stays false:
// the constructors of projections and New set what is true by default. It returns m.
func (m *Model) Complete() *Model {
	fill(reflect.ValueOf(m).Elem(), false)
	return m
}

// New is a Projection, Phase or other part of a model with all its defaults, those
// that are true among them.
func New[T any]() T {
	var part T
	fill(reflect.ValueOf(&part).Elem(), true)
	return part
}

// fill sets the zero fields of a struct, and of those inside it, to their defaults.
func fill(v reflect.Value, flags bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), flags)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), false)
		}
	case reflect.Struct:
		if v.Type() == valueType || v.Type() == reflect.TypeFor[random.Distribution]() {
			return
		}
		d := decoder{places: map[string]*tree{}, units: map[string]string{}}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			fallback, ok := f.Tag.Lookup("default")
			if ok && v.Field(i).IsZero() && (flags || f.Type.Kind() != reflect.Bool) {
				d.value(&tree{kind: scalar, text: withUnit(fallback, f.Tag.Get("unit"))}, "", v.Field(i), f.Tag)
			}
			fill(v.Field(i), flags)
		}
	}
}
