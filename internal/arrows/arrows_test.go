// Package arrows tests who may import whom.
package arrows

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/volley-snn/volley/"

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Dir string
	Imports         []string
	TestImports     []string
	XTestImports    []string
	GoFiles         []string
}

// allowed says which of our folders a folder may import, beside itself.
var allowed = map[string][]string{
	"snn":       {},
	"partition": {"snn"},
	"messages":  {},
	"cluster":   {"messages"},
	"examples":  {},
	"internal":  {"snn", "partition", "messages"},
	"actors":    {"snn", "partition", "cluster", "messages", "internal"},
	"cmd":       {"snn", "partition", "cluster", "messages", "internal", "actors", "examples"},
}

// pure folders know no goroutine, clock, file or socket.
var pure = []string{"snn", "partition", "cluster/lockstep"}

var impure = map[string]bool{"os": true, "net": true, "net/http": true, "sync": true, "sync/atomic": true, "time": true, "os/exec": true, "syscall": true, "log": true, "log/slog": true, "math/rand": true, "math/rand/v2": true}

func packages(t *testing.T) []pkg {
	t.Helper()
	c := exec.Command("go", "list", "-json", "./...")
	c.Dir = "../.."
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func folder(path string) string {
	top, _, _ := strings.Cut(strings.TrimPrefix(path, module), "/")
	return top
}

func isPure(path string) bool {
	for _, p := range pure {
		if path == module+p || strings.HasPrefix(path, module+p+"/") {
			return true
		}
	}
	return false
}

func TestArrows(t *testing.T) {
	all := packages(t)
	if len(all) < 5 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	for _, p := range all {
		from := folder(p.ImportPath)
		may, known := allowed[from]
		if !known {
			t.Errorf("%s: the folder %s is not on the map", p.ImportPath, from)
		}
		for _, i := range p.Imports {
			if to := folder(i); strings.HasPrefix(i, module) && to != from && !contains(may, to) {
				t.Errorf("%s imports %s: %s may import %v", p.ImportPath, i, from, may)
			}
		}
	}
}

// confined says in which of our folders alone a third-party module's packages may
// be imported, tests included, so that its types cannot spread.
var confined = map[string][]string{
	"github.com/asynkron/protoactor-go": {"actors"},
	"github.com/nats-io":                {"cluster/bus/nats", "cluster/blob/nats"},
	"github.com/minio/minio-go":         {"cluster/blob"},
	"github.com/hashicorp/memberlist":   {"cluster/membership"},
}

func TestThirdPartiesStayInTheirFolders(t *testing.T) {
	used := map[string]bool{}
	for _, p := range packages(t) {
		where := strings.TrimPrefix(p.ImportPath, module)
		for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for theirs, only := range confined {
				if !within(i, theirs) {
					continue
				}
				used[theirs] = true
				if !slices.ContainsFunc(only, func(folder string) bool { return within(where, folder) }) {
					t.Errorf("%s imports %s: only %v may", p.ImportPath, i, only)
				}
			}
		}
	}
	for theirs, only := range confined {
		if !used[theirs] {
			t.Errorf("not even %v imports %s: nothing is checked", only, theirs)
		}
	}
}

// within says whether a path is a folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func TestPurePackagesKnowNoGoroutineClockOrFile(t *testing.T) {
	for _, p := range packages(t) {
		if !isPure(p.ImportPath) {
			continue
		}
		for _, i := range p.Imports {
			if impure[i] {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
		for _, f := range p.GoFiles {
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, filepath.Join(p.Dir, f), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					t.Errorf("%s: a goroutine", set.Position(n.Pos()))
				case *ast.ChanType:
					t.Errorf("%s: a channel", set.Position(n.Pos()))
				case *ast.SelectorExpr:
					if x, ok := n.X.(*ast.Ident); ok && x.Name == "math" && rounding[n.Sel.Name] {
						t.Errorf("%s: math.%s differs between CPUs; use snn/pinned", set.Position(n.Pos()), n.Sel.Name)
					}
				}
				return true
			})
		}
	}
}

// rounding is the functions of math whose last bit depends on the CPU.
var rounding = map[string]bool{"Exp": true, "Exp2": true, "Expm1": true, "Log": true, "Log2": true, "Log10": true, "Log1p": true, "Pow": true, "Sin": true, "Cos": true, "Tan": true, "Sincos": true, "Atan": true, "Atan2": true, "Tanh": true, "Sinh": true, "Cosh": true, "Erf": true, "Erfc": true, "Gamma": true, "Lgamma": true, "Cbrt": true, "Hypot": true}

func contains(all []string, one string) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}
