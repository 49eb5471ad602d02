package e2e

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus/nats"
)

// A node tells monitors what it holds, and that it is of no use while it has no NATS
// server; what shows its inside is for its own machine alone.
func TestPages(t *testing.T) {
	server, err := nats.Start(nats.ServerOptions{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Shutdown()
	get := func(url string) (int, string) {
		client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
		r, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(text)
	}
	for _, of := range []struct {
		listen string
		inside int // what it says of its inside
	}{{"127.0.0.1:0", http.StatusOK}, {"0.0.0.0:0", http.StatusNotFound}} {
		listen, inside := of.listen, of.inside
		n := node(t, nil, t.TempDir(), "p", "--nats", server.ClientURL(), "--http", listen)
		_, port, err := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(n.await(t, "metrics are at "), "http://"), "/metrics"))
		if err != nil {
			t.Fatal(err)
		}
		url := "http://127.0.0.1:" + port
		if code, text := get(url + "/healthz"); code != http.StatusOK || text != "ok\n" {
			t.Errorf("%s: /healthz: %d, %s", listen, code, text)
		}
		code, text := get(url + "/metrics")
		for _, name := range []string{"volley_shares 0", "volley_runs_coordinated 0", "volley_runs_remembered 0", "volley_bus_subscriptions 2", "go_goroutines ", "process_open_fds "} {
			if code != http.StatusOK || !strings.Contains(text, "\n"+name) {
				t.Errorf("%s: /metrics: %d, no %q in %s", listen, code, name, text)
			}
		}
		if code, _ := get(url + "/debug/pprof/goroutine?debug=1"); code != inside {
			t.Errorf("%s: /debug/pprof: %d, expected %d", listen, code, inside)
		}
		if inside == http.StatusOK {
			n.end()
			continue
		}
		server.Shutdown()
		for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			if code, _ := get(url + "/healthz"); code == http.StatusServiceUnavailable {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("a node without a NATS server says that it is healthy")
			}
		}
	}
}
