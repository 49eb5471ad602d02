package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/volley-snn/volley/actors"
)

// pages are what a node tells monitors by HTTP: /metrics, /healthz and, where only
// this machine reaches it, /debug/pprof.
type pages struct {
	listener net.Listener
	server   *http.Server
}

// pageTimeout is how long who asks may take to say what it wants.
const pageTimeout = 10 * time.Second

// showPages serves the pages of a node; "" is for none.
func showPages(address string, n *actors.Node, s *site) (*pages, error) {
	if address == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, usageError{fmt.Errorf("--http %s: %w", address, err)}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(nodeRegistry(n, s), promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if err := healthy(n, s); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	if host, _, err := net.SplitHostPort(l.Addr().String()); err == nil && loopback(host) {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
		mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	}
	p := &pages{l, &http.Server{Handler: mux, ReadHeaderTimeout: pageTimeout, IdleTimeout: time.Minute}}
	go func() { _ = p.server.Serve(l) }()
	return p, nil
}

func (p *pages) url() string { return "http://" + p.listener.Addr().String() }

func (p *pages) close() {
	if p != nil {
		_ = p.server.Close()
	}
}

// healthy is why a node could do nothing for a run now; nil where it could.
func healthy(n *actors.Node, s *site) error {
	if s.own.Server() == "" {
		return errors.New("the node is not connected to a NATS server")
	}
	_, err := n.Counts()
	return err
}

// nodeRegistry has the metrics of the process, by the names that Go programs have for
// them, and those of the node.
func nodeRegistry(n *actors.Node, s *site) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &nodeMetrics{n, s})
	return r
}

// nodeMetrics are read when they are asked for. It is a prometheus.Collector.
type nodeMetrics struct {
	node *actors.Node
	site *site
}

// Describe says nothing: what there is depends on where the node has its NATS server.
func (m *nodeMetrics) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (m *nodeMetrics) Collect(to chan<- prometheus.Metric) {
	tell := func(kind prometheus.ValueType, name, about string, value float64) {
		to <- prometheus.MustNewConstMetric(prometheus.NewDesc("volley_"+name, about, nil, nil), kind, value)
	}
	gauge := func(name, about string, value int) { tell(prometheus.GaugeValue, name, about, float64(value)) }
	count := func(name, about string, value uint64) { tell(prometheus.CounterValue, name, about, float64(value)) }
	if c, err := m.node.Counts(); err == nil { // else they are missing, and /healthz says why
		gauge("shares", "Shares of runs that lie here.", c.Shares)
		tell(prometheus.GaugeValue, "share_bytes", "Bytes that shares of runs take, as estimated.", float64(c.ShareBytes))
		gauge("runs_coordinated", "Runs under way that this node coordinates.", c.Coordinated)
		gauge("runs_remembered", "Runs that are over and that this node coordinated.", c.Remembered)
	}
	b := m.site.own.Stats()
	gauge("bus_subscriptions", "Subscriptions of the node on the bus.", b.Subscriptions)
	count("bus_published_total", "Messages sent.", b.Published)
	count("bus_published_bytes_total", "Bytes sent.", b.PublishedBytes)
	count("bus_delivered_total", "Messages received.", b.Delivered)
	count("bus_delivered_bytes_total", "Bytes received.", b.DeliveredBytes)
	count("bus_dropped_total", "Messages known to be lost before they were received.", b.Dropped)
	count("bus_disconnects_total", "Times that the connection to NATS broke.", b.Disconnects)
	if m.site.server != nil {
		st := m.site.server.Stats()
		gauge("server_connections", "Clients of the node's own NATS server.", st.Connections)
		gauge("server_subscriptions", "Subscriptions at the node's own NATS server.", st.Subscriptions)
		gauge("server_routes", "Connections of the node's own NATS server with those of others.", st.Routes)
		gauge("server_routes_dialled", "NATS servers of others that the node's own connects to, or tries to.", st.Dialled)
	}
}
