package bustest

import (
	"testing"

	"github.com/volley-snn/volley/cluster/bus/chaos"
)

// Weather and Proxy are those of package chaos.
type (
	Weather = chaos.Weather
	Proxy   = chaos.Proxy
)

// NewProxy passes connections on to a host:port. It ends with the test.
func NewProxy(t testing.TB, target string, w Weather) *Proxy {
	t.Helper()
	p, err := chaos.NewProxy(target, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}
