package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/plasticity"
	"github.com/volley-snn/volley/snn/random"
)

// Digest names the model: SHA-256 over all that it says, however it was written.
// Whether a default is written out makes no difference, nor in which unit: what is at
// its default is left out, so that a model keeps its name when a later version knows
// more that can be said, and takes for unsaid what was so before. For that a default
// never changes.
func (m *Model) Digest() string { return digest(m.brief()) }

// StateDigest names what a saved state depends on: the model but for its duration, what
// it records, the rates and strengths of what reaches it from outside, and the rates of
// learning. A state of one model may be gone on from under another of the same.
func (m *Model) StateDigest() string {
	said := m.brief()
	said.Duration, said.Records = 0, Records{}
	said.Inputs = append([]Input(nil), m.Inputs...)
	for i := range said.Inputs {
		in := &said.Inputs[i]
		in.Rate, in.Profile, in.MaxRate = Value{}, nil, 0
	}
	said.Stimuli = append([]Stimulus(nil), m.Stimuli...)
	for i := range said.Stimuli {
		s := &said.Stimuli[i]
		s.Rate, s.Profile, s.Amplitude, s.Offset, s.Mean, s.Std = Value{}, nil, Value{}, 0, 0, 0
		s.AmplitudeTimes, s.AmplitudeValues = nil, nil
	}
	for i := range said.Projections {
		p := &said.Projections[i]
		for _, rate := range []string{"lambda", "alpha", "eta", "Aplus", "Aminus", "Aplus_triplet", "Aminus_triplet"} {
			delete(p.Params, rate)
		}
		if p.SSDP != nil {
			rule := *p.SSDP
			rule.Eta, rule.Beta, rule.APlus, rule.ABase = 0, 0, 0, 0
			p.SSDP = &rule
		}
	}
	return digest(said)
}

// digest is that of a struct of decoded values.
func digest[M any](said *M) string {
	text, err := json.Marshal(plain(reflect.ValueOf(*said)))
	if err != nil {
		panic(fmt.Sprintf("model: a decoded model holds what JSON cannot: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// brief is the model without what neuron and synapse models have by default.
func (m *Model) brief() *Model {
	said := *m
	said.Source = nil
	for _, own := range []*uint64{&said.Seeds.Network, &said.Seeds.Initial, &said.Seeds.Input} {
		if *own == 0 {
			*own = said.Seeds.Base
		}
	}
	said.Populations = append([]Population(nil), m.Populations...)
	for i := range said.Populations {
		p := &said.Populations[i]
		if spec, ok := neuron.Lookup(p.Model); ok {
			p.Model, p.Params, p.Initial = spec.Name, changed(p.Params, defaults(spec.Params)), changed(p.Initial, defaults(spec.State))
		}
	}
	said.Projections = append([]Projection(nil), m.Projections...)
	for i := range said.Projections {
		p := &said.Projections[i]
		if spec, ok := plasticity.Lookup(p.Synapse); ok {
			known := map[string]Value{}
			for _, v := range spec.Params {
				known[v.Name] = Const(v.Default)
			}
			p.Params = changed(p.Params, known)
		}
	}
	return &said
}

func defaults(vars []neuron.Var) map[string]Value {
	known := map[string]Value{}
	for _, v := range vars {
		known[v.Name] = Const(v.Default)
		if v.List {
			known[v.Name] = Value{List: v.Defaults}
		}
	}
	return known
}

// changed is what is given and not the default. The map is the caller's.
func changed(given, known map[string]Value) map[string]Value {
	own := map[string]Value{}
	for name, v := range given {
		if standard, ok := known[name]; !ok || !reflect.DeepEqual(plain(reflect.ValueOf(v)), plain(reflect.ValueOf(standard))) {
			own[name] = v
		}
	}
	return own
}

// fallback is what a field holds where a file says nothing.
func fallback(f reflect.StructField) reflect.Value {
	v := reflect.New(f.Type).Elem()
	if text, ok := f.Tag.Lookup("default"); ok {
		d := decoder{places: map[string]*tree{}, units: map[string]string{}}
		d.value(&tree{kind: scalar, text: withUnit(text, f.Tag.Get("unit"))}, "", v, f.Tag)
	}
	return v
}

var (
	distributionType = reflect.TypeFor[random.Distribution]()
	spikesType       = reflect.TypeFor[[]SpikeRecord]()
)

// plain turns a value into maps, lists and words, without the fields that are at their
// default: infinities have no JSON.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == distributionType {
			return plainDistribution(v.Interface().(random.Distribution))
		}
		fields := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			said := plain(v.Field(i))
			if inner, ok := said.(map[string]any); ok && len(inner) == 0 && f.Type.Kind() != reflect.Pointer {
				continue
			}
			if !reflect.DeepEqual(said, plain(fallback(f))) {
				fields[f.Name] = said
			}
		}
		return fields
	case reflect.Slice:
		if v.Type() == spikesType && v.IsNil() {
			return "all" // an empty list is none
		}
		items := []any{}
		for i := range v.Len() {
			items = append(items, plain(v.Index(i)))
		}
		return items
	case reflect.Map:
		entries := map[string]any{}
		for _, k := range v.MapKeys() {
			entries[k.String()] = plain(v.MapIndex(k))
		}
		return entries
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Float64:
		return fmt.Sprintf("%x", v.Float()+0) // -0 is 0
	}
	return v.Interface()
}

// plainDistribution leaves out what has no effect.
func plainDistribution(d random.Distribution) any {
	said := []string{string(d.Kind), fmt.Sprintf("%x", d.A+0)}
	if d.IsConstant() {
		return said[1:]
	}
	said = append(said, fmt.Sprintf("%x", d.B+0))
	if d.Bounded {
		bounds := d.Bounds
		if bounds == "" {
			bounds = random.Redraw
		}
		said = append(said, fmt.Sprintf("%x %x", d.Min+0, d.Max+0), string(bounds))
	}
	return said
}
