package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
)

// Digest names the model: SHA-256 over all that it says, however it was written.
func (m *Model) Digest() string {
	said := *m
	said.Source = nil
	text, err := json.Marshal(finite(reflect.ValueOf(said)))
	if err != nil {
		panic(fmt.Sprintf("model: a decoded model holds what JSON cannot: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// finite turns a value into maps, lists and words: infinities have no JSON.
func finite(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fields[f.Name] = finite(v.Field(i))
			}
		}
		return fields
	case reflect.Slice:
		items := []any{}
		for i := range v.Len() {
			items = append(items, finite(v.Index(i)))
		}
		return items
	case reflect.Map:
		entries := map[string]any{}
		for _, k := range v.MapKeys() {
			entries[k.String()] = finite(v.MapIndex(k))
		}
		return entries
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return finite(v.Elem())
	case reflect.Float64:
		return fmt.Sprintf("%x", v.Float())
	}
	return v.Interface()
}
