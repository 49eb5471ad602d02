package memory_test

import (
	"testing"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/bustest"
	"github.com/volley-snn/volley/cluster/bus/memory"
)

func TestConformance(t *testing.T) {
	bustest.Run(t, func(t *testing.T) bustest.Setup {
		hub := memory.New()
		closing := func(t *testing.T, b bus.Bus) bus.Bus {
			t.Cleanup(func() { b.Close() })
			return b
		}
		return bustest.Setup{
			Connect: func(t *testing.T) bus.Bus { return closing(t, hub.Connect()) },
			ConnectNarrow: func(t *testing.T, maxPendingBytes int64) bus.Bus {
				return closing(t, hub.ConnectLimited(maxPendingBytes))
			},
		}
	})
}
