package model

import (
	"fmt"
	"io/fs"
	"reflect"
)

// Sweep is an experiment: the same training in several arms, each with the same
// seeds. What `volley sweep` reads.
type Sweep struct {
	Name        string   `yaml:"name" required:"true" doc:"short name of the experiment"`
	Description string   `yaml:"description" doc:"what is asked, one paragraph"`
	Model       string   `yaml:"model" required:"true" doc:"the training: a file beside this one, or example:NAME"`
	Set         []string `yaml:"set" doc:"changes of the model in every arm, as --set takes them"`
	Seeds       int      `yaml:"seeds" min:"1" default:"10" doc:"how many; they are 1, 2, ..."`
	Arms        []Arm    `yaml:"arms" doc:"by name"`
	Primary     string   `yaml:"primary" required:"true" doc:"the arm that is compared"`
	Against     string   `yaml:"against" required:"true" doc:"the arm that it is compared with, named beforehand; comparisons with the others are Holm-corrected"`

	Source []byte `yaml:"-"`
}

// Arm is one way to train.
type Arm struct {
	Name  string   `yaml:"-"`
	Set   []string `yaml:"set" doc:"changes of the model, as --set takes them"`
	Match string   `yaml:"match" doc:"an arm whose firing rate this one is to have: for each seed rate.target is changed until the rates of the last epoch are within 5 %"`
}

// LoadSweep reads an experiment's file, as Load reads a simulation's.
func LoadSweep(files fs.FS, path string, o Options) (*Sweep, error) {
	m := &Sweep{}
	text, err := loadInto(files, path, o, reflect.ValueOf(m).Elem(), func(*decoder, map[string]place) Faults { return m.check() })
	if err != nil {
		return nil, err
	}
	m.Source = text
	return m, nil
}

func (m *Sweep) check() (faults Faults) {
	known := map[string]bool{}
	var names []string
	for _, a := range m.Arms {
		known[a.Name] = true
		names = append(names, a.Name)
	}
	for path, arm := range map[string]string{"primary": m.Primary, "against": m.Against} {
		if !known[arm] {
			faults = append(faults, Fault{Path: path, Message: fmt.Sprintf("there is no arm %q; %s", arm, suggest(arm, names))})
		}
	}
	for _, a := range m.Arms {
		switch at := "arms." + a.Name + ".match"; {
		case a.Match == "":
		case !known[a.Match]:
			faults = append(faults, Fault{Path: at, Message: fmt.Sprintf("there is no arm %q; %s", a.Match, suggest(a.Match, names))})
		case m.matches(a.Match):
			faults = append(faults, Fault{Path: at, Message: fmt.Sprintf("%s is itself matched to another arm", a.Match)})
		}
	}
	if m.Primary == m.Against {
		faults = append(faults, Fault{Path: "against", Message: "is the primary arm itself"})
	}
	return faults
}

// matches reports whether an arm is matched to another.
func (m *Sweep) matches(arm string) bool {
	for _, a := range m.Arms {
		if a.Name == arm {
			return a.Match != ""
		}
	}
	return false
}
