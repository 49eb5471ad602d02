package control_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/volley-snn/volley/messages/control"
)

var update = flag.Bool("update", false, "write new fields into testdata/fields.txt")

// fields is a line for each field and each value of an enumeration.
func fields(file protoreflect.FileDescriptor) (lines []string) {
	for i := range file.Messages().Len() {
		m := file.Messages().Get(i)
		for k := range m.Fields().Len() {
			f := m.Fields().Get(k)
			kind := f.Kind().String()
			if f.Message() != nil {
				kind = string(f.Message().Name())
			} else if f.Enum() != nil {
				kind = string(f.Enum().Name())
			}
			lines = append(lines, fmt.Sprintf("%s.%s %d %s %s", m.Name(), f.Name(), f.Number(), f.Cardinality(), kind))
		}
	}
	for i := range file.Enums().Len() {
		e := file.Enums().Get(i)
		for k := range e.Values().Len() {
			lines = append(lines, fmt.Sprintf("%s.%s %d", e.Name(), e.Values().Get(k).Name(), e.Values().Get(k).Number()))
		}
	}
	slices.Sort(lines)
	return lines
}

// What was said once means the same for ever, or nodes of two versions would
// misunderstand each other rather than refuse: no field goes or changes unless
// control.Protocol does. New ones are written down by go test -update.
func TestNoFieldGoesOrChanges(t *testing.T) {
	text, err := os.ReadFile("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	old := strings.Split(strings.TrimSpace(string(text)), "\n")
	if old[0] != fmt.Sprintf("protocol %d", control.Protocol) {
		t.Fatalf("testdata/fields.txt is of %q, the protocol is %d", old[0], control.Protocol)
	}
	now := fields(control.File_control_proto)
	for _, line := range old[1:] {
		if !slices.Contains(now, line) {
			t.Errorf("gone or changed: %s", line)
		}
	}
	added := slices.DeleteFunc(now, func(line string) bool { return slices.Contains(old, line) })
	if len(added) == 0 || t.Failed() {
		return
	}
	if !*update {
		t.Fatalf("new fields: write them down with go test ./messages/control -update\n%s", strings.Join(added, "\n"))
	}
	if err := os.WriteFile("testdata/fields.txt", []byte(strings.Join(append(old, added...), "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What a later version adds is passed on by an older one that does not know it.
func TestUnknownFieldsAreKept(t *testing.T) {
	later, err := proto.Marshal(&control.Refused{Kind: control.Kind_KIND_MEMORY, Why: "too large", Node: "a"})
	if err != nil {
		t.Fatal(err)
	}
	var earlier control.Done // knows no field
	if err := proto.Unmarshal(later, &earlier); err != nil {
		t.Fatal(err)
	}
	passed, err := proto.Marshal(&earlier)
	if err != nil {
		t.Fatal(err)
	}
	var got control.Refused
	if err := proto.Unmarshal(passed, &got); err != nil || got.Kind != control.Kind_KIND_MEMORY || got.Node != "a" {
		t.Errorf("%v: %v", err, &got)
	}
}

func FuzzRequest(f *testing.F) {
	for _, r := range []*control.Request{
		{Protocol: 1, Id: "x", Body: &control.Request_Start{Start: &control.Start{Run: "r", Epoch: 3}}},
		{Body: &control.Request_Submit{Submit: &control.Submit{Model: &control.Model{Text: []byte("name: x"), Files: []*control.File{{Path: "a.csv", Size: 9}}}}}},
	} {
		data, err := proto.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r control.Request
		if proto.Unmarshal(data, &r) != nil {
			return
		}
		if _, err := proto.Marshal(&r); err != nil {
			t.Fatal(err)
		}
	})
}
