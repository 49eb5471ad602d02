package blob_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/cluster/blob/blobtest"
)

const accessKey, secretKey = "volley", "not-a-secret"

// server starts the S3 server that VOLLEY_S3_SERVER names (.ci/run builds one) on
// loopback with one bucket, and returns its address.
func server(t *testing.T) string {
	t.Helper()
	program := os.Getenv("VOLLEY_S3_SERVER")
	if program == "" {
		t.Skip("NOT CHECKED: VOLLEY_S3_SERVER names no S3 server (versitygw); .ci/run builds one")
	}
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := port.Addr().String()
	port.Close()
	data, beside := t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "bucket"), 0o755); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	c := exec.Command(program, "--quiet", "--access", accessKey, "--secret", secretKey, "--port", address, "posix", "--sidecar", beside, data)
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	for deadline := time.Now().Add(10 * time.Second); ; {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		if time.Now().After(deadline) {
			t.Fatalf("the S3 server does not listen: %s", log.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestS3(t *testing.T) {
	c := blob.S3Config{Endpoint: server(t), Bucket: "bucket", Prefix: "runs/", Region: "us-east-1", Plain: true, AccessKey: accessKey, SecretKey: secretKey}
	s, err := blob.NewS3(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	blobtest.Run(t, s)

	t.Run("an answer is lost", func(t *testing.T) {
		lossy := &loseAnswer{}
		own := c
		own.Transport = lossy
		s, err := blob.NewS3(t.Context(), own)
		if err != nil {
			t.Fatal(err)
		}
		lossy.lose.Store(true)
		if err := s.Create(t.Context(), "lost/a", []byte("mine")); err != nil {
			t.Errorf("who created it was told %v", err)
		}
		if lossy.lose.Load() {
			t.Error("no answer was lost")
		}
	})
	t.Run("a server that passes over the condition", func(t *testing.T) {
		own := c
		own.Transport = unconditional{}
		if _, err := blob.NewS3(t.Context(), own); err == nil || !strings.Contains(err.Error(), "conditional writes") {
			t.Errorf("it was taken: %v", err)
		}
	})
	for name, change := range map[string]func(*blob.S3Config){
		"no such bucket": func(c *blob.S3Config) { c.Bucket = "another" },
		"wrong secret":   func(c *blob.S3Config) { c.SecretKey = "wrong-secret" },
	} {
		t.Run(name, func(t *testing.T) {
			own := c
			change(&own)
			if _, err := blob.NewS3(t.Context(), own); err == nil || !strings.Contains(err.Error(), own.Endpoint) {
				t.Errorf("error %v, want one that says where", err)
			}
		})
	}
}

func TestS3ThatIsAway(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := blob.NewS3(ctx, blob.S3Config{Endpoint: "127.0.0.1:1", Bucket: "bucket", Region: "us-east-1", Plain: true, AccessKey: "a", SecretKey: "b"})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("error %v, want one that says where", err)
	}
}

// loseAnswer loses the answer to the next conditional write, once it has been done.
type loseAnswer struct{ lose atomic.Bool }

func (l *loseAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && r.Header.Get("If-None-Match") != "" && l.lose.CompareAndSwap(true, false) {
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		return nil, io.ErrUnexpectedEOF
	}
	return answer, err
}

// unconditional answers as a server does that writes whatever the condition.
type unconditional struct{}

func (unconditional) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && answer.StatusCode == http.StatusPreconditionFailed {
		answer.Body.Close()
		answer.StatusCode, answer.Status, answer.Body = http.StatusOK, "200 OK", http.NoBody
		answer.Header.Set("Etag", `"0"`)
	}
	return answer, err
}
