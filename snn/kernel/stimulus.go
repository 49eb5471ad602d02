package kernel

import (
	"fmt"

	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
)

// stimulus is a generator onto a population: poisson or current is set.
type stimulus struct {
	target   *Population
	poisson  *input.PoissonGenerator
	current  input.CurrentGenerator
	receptor int
	weight   float64
	key      random.Key
}

// onto makes the generator's part for a slice of its target.
func (st *stimulus) onto(s *slice, dtMs float64) {
	cut := input.Slice{Lo: s.lo, Hi: s.hi, DtMs: dtMs, Key: st.key}
	if st.poisson != nil {
		q := quanta(st.weight, 1/s.population.Quanta[st.receptor])
		s.drives = append(s.drives, drive{st.poisson.New(cut), st.receptor, q})
		return
	}
	if s.currents == nil {
		s.currents = newCurrents(s.len())
	}
	s.currents.of = append(s.currents.of, st.current.New(cut))
}

func (c *compiler) compileStimuli() {
	for i := range c.n.Model.Stimuli {
		st, err := c.stimulus(&c.n.Model.Stimuli[i])
		if err != nil {
			c.fault(fmt.Errorf("stimuli.%s: %w", c.n.Model.Stimuli[i].Name, err))
			continue
		}
		c.n.stimuli = append(c.n.stimuli, st)
	}
}

func (c *compiler) stimulus(m *model.Stimulus) (*stimulus, error) {
	st := &stimulus{target: c.byName[m.Target], key: random.Seed(c.n.Seeds.Input, random.Poisson).Sub(nameKey(m.Name))}
	if st.target == nil || st.target.IsInput() {
		return nil, fmt.Errorf("no population %q to drive", m.Target)
	}
	span := input.Span{StartMs: m.Start, StopMs: m.Stop}
	switch m.Model {
	case "poisson_generator":
		rate, err := c.values(m.Rate)
		if err != nil {
			return nil, err
		}
		if !m.Weight.Dist.IsConstant() {
			return nil, fmt.Errorf("weight: one for all targets is expected, not a distribution")
		}
		st.weight = m.Weight.Dist.A
		if st.receptor, err = st.target.receptor(m.Receptor, st.weight); err != nil {
			return nil, err
		}
		st.poisson = &input.PoissonGenerator{RateHz: rate, Profile: curve(m.Profile), Span: span}
		return st, first(st.poisson.Check(c.n.DtMs, st.target.Size()))
	case "dc_generator":
		amplitude, err := c.values(m.Amplitude)
		if err != nil {
			return nil, err
		}
		st.current = input.DCGenerator{AmplitudePA: amplitude, Span: span}
	case "ac_generator":
		amplitude, err := c.values(m.Amplitude)
		if err != nil {
			return nil, err
		}
		st.current = input.ACGenerator{AmplitudePA: amplitude, OffsetPA: m.Offset, FrequencyHz: m.Frequency, PhaseDeg: m.Phase, Span: span}
	case "noise_generator":
		st.current = input.NoiseGenerator{MeanPA: m.Mean, StdPA: m.Std, IntervalMs: m.Interval, Span: span}
	case "step_current_generator":
		st.current = input.StepCurrentGenerator{Amplitude: input.Curve{TimesMs: m.AmplitudeTimes, Values: m.AmplitudeValues}, Span: span}
	default:
		return nil, fmt.Errorf("no generator %q", m.Model)
	}
	return st, first(st.current.Check(c.n.DtMs, st.target.Size()))
}

func (c *compiler) values(v model.Value) (input.Values, error) {
	if v.File != "" {
		column, err := readColumn(c.files, v.File, v.Column)
		return input.Values{List: column}, err
	}
	return input.Values{Dist: v.Dist, List: v.List}, nil
}

func curve(c *model.Curve) input.Curve {
	if c == nil {
		return input.Curve{}
	}
	return input.Curve{TimesMs: c.Times, Values: c.Values}
}

// first is the first fault as an error, or nil.
func first(faults []string) error {
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("%s", faults[0])
}
