package model

import (
	"fmt"
	"reflect"
)

// references checks every field that names another part of the model; its tag ref
// says what the name must stand for.
func (c *checker) references(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.references(v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			at := fmt.Sprintf("%s[%d]", path, i)
			if name := nameOf(v.Index(i)); name != "" {
				at = join(path, name)
			}
			c.references(v.Index(i), at)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			key, ref := f.Tag.Get("yaml"), f.Tag.Get("ref")
			switch {
			case key == "" || key == "-":
			case ref != "" && f.Type.Kind() == reflect.Slice:
				for k := range v.Field(i).Len() {
					c.reference(fmt.Sprintf("%s[%d]", join(path, key), k), ref, v.Field(i).Index(k).String())
				}
			case ref != "":
				c.reference(join(path, key), ref, v.Field(i).String())
			default:
				c.references(v.Field(i), join(path, key))
			}
		}
	}
}

// nameOf is the name of an entry that stands under its name, or "".
func nameOf(v reflect.Value) string {
	if v.Kind() != reflect.Struct {
		return ""
	}
	if f, ok := v.Type().FieldByName("Name"); ok && f.Tag.Get("yaml") == "-" {
		return v.FieldByName("Name").String()
	}
	return ""
}

func (c *checker) reference(path, ref, name string) {
	if name == "" {
		return
	}
	what, known := ref, []string(nil)
	switch ref {
	case "spiking":
		what, known = "population or input", c.known(aPopulation, anInput)
	case "population":
		known = c.known(aPopulation)
	case "populations":
		what, known = "population", append(c.known(aPopulation), All)
	case "input":
		known = c.known(anInput)
	case "projection":
		for i := range c.m.Projections {
			known = append(known, c.m.Projections[i].Name)
		}
	}
	for _, k := range known {
		if k == name {
			return
		}
	}
	c.fault(path, false, "no %s %q; %s", what, name, suggest(name, known))
}
