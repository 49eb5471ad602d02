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
	for name, own := range map[string]struct {
		change func(*blob.S3Config)
		want   string
	}{
		"no such bucket":        {func(c *blob.S3Config) { c.Bucket = "another" }, "no such bucket"},
		"wrong secret":          {func(c *blob.S3Config) { c.SecretKey = "wrong-secret" }, "no permission: the credentials"},
		"may not make a bucket": {func(c *blob.S3Config) { c.Bucket, c.Create, c.Transport = "another", true, noNewBucket{} }, "cannot be made"},
	} {
		t.Run(name, func(t *testing.T) {
			c := c
			own.change(&c)
			if _, err := blob.NewS3(t.Context(), c); err == nil || !strings.Contains(err.Error(), own.want) || !strings.Contains(err.Error(), c.Endpoint) {
				t.Errorf("error %v, expected %q and where", err, own.want)
			}
		})
	}
	t.Run("opened by name", func(t *testing.T) {
		t.Setenv("AWS_ACCESS_KEY_ID", accessKey)
		t.Setenv("AWS_SECRET_ACCESS_KEY", secretKey)
		at := "?endpoint=" + c.Endpoint + "&tls=false&region=us-east-1"
		if _, err := blob.OpenToRead(t.Context(), "s3://made/x"+at); err == nil || !strings.Contains(err.Error(), "no such bucket") {
			t.Errorf("to read, a bucket that is not there: %v", err)
		}
		s, err := blob.Open(t.Context(), "s3://made/some/prefix"+at)
		if err != nil {
			t.Fatal(err)
		}
		other, err := blob.Open(t.Context(), "s3://made/some/prefix"+at)
		if err != nil {
			t.Fatal(err)
		}
		blobtest.Contend(t, blob.Under(s, "two"), blob.Under(other, "two"))
		if _, err := blob.OpenToRead(t.Context(), "s3://made/x"+at); err != nil {
			t.Errorf("to read: %v", err)
		}
	})
}

func TestS3ThatIsAway(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := blob.NewS3(ctx, blob.S3Config{Endpoint: "127.0.0.1:1", Bucket: "bucket", Region: "us-east-1", Plain: true, AccessKey: "a", SecretKey: "b"})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("error %v, want one that says where and what", err)
	}
}

// noNewBucket is of a server on which buckets may not be made.
type noNewBucket struct{}

func (noNewBucket) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut {
		return http.DefaultTransport.RoundTrip(r)
	}
	body := `<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>`
	return &http.Response{StatusCode: http.StatusForbidden, Status: "403 Forbidden", Header: http.Header{"Content-Type": {"application/xml"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}, nil
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
