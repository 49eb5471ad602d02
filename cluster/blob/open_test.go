package blob_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/cluster/blob/blobtest"
)

func TestOpenDirectory(t *testing.T) {
	where := filepath.Join(t.TempDir(), "a", "b")
	if _, err := blob.OpenToRead(t.Context(), where); err == nil {
		t.Error("a directory that is not there was opened to read")
	}
	s, err := blob.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	other, err := blob.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	blobtest.Contend(t, blob.Under(s, "runs/x"), blob.Under(other, "runs/x"))
	if all, err := s.List(t.Context(), ""); err != nil || len(all) == 0 || !strings.HasPrefix(all[0].Key, "runs/x/") {
		t.Errorf("%v, %v", all, err)
	}
	if _, err := blob.OpenToRead(t.Context(), where); err != nil {
		t.Error(err)
	}
}

// Two views of one store do not see each other.
func TestUnderIsApart(t *testing.T) {
	s, err := blob.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, b := blob.Under(s, "a"), blob.Under(s, "a.b/")
	for _, u := range []blob.Store{a, b, blob.Under(a, "b")} {
		if err := u.Create(t.Context(), "c", []byte("x")); err != nil {
			t.Error(err)
		}
	}
	if all, _ := a.List(t.Context(), ""); len(all) != 2 || all[0].Key != "b/c" || all[1].Key != "c" {
		t.Errorf("%v", all)
	}
	if all, _ := b.List(t.Context(), "c"); len(all) != 1 || all[0].Key != "c" {
		t.Errorf("%v", all)
	}
	if _, err := a.Get(t.Context(), "../a.b/c"); err == nil {
		t.Error("a key led out of the view")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	for where, want := range map[string]string{
		"":                                 "expected a directory",
		"http://host/bucket":               `"http" is not known`,
		"s3://":                            "nothing stands before",
		"s3://bucket/a//b":                 "blob key",
		"s3://bucket?endpoint":             "endpoint=",
		"s3://bucket?endpont=x:1":          "each of endpoint, region, tls once",
		"s3://bucket?tls=no":               "true or false",
		"s3://me:secret@bucket":            "taken from the environment",
		"nats://host:4222":                 "no bucket",
		"nats://host:4222/b?replicas=9":    "1 to 5",
		"nats://host:4222/b?tls=true":      "each of replicas once",
		"nats://me:secret@host:4222/b":     "taken from the environment",
		"nats://me:se%cret@host:4222/b":    "invalid URL escape",
		"nats://host:4222/b/../c":          "blob key",
		"nats://host:4222/bucket/prefix#x": "a # is in it",
	} {
		_, err := blob.Open(t.Context(), where)
		if !errors.Is(err, blob.ErrWhere) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "se%cret") {
			t.Errorf("%s: %v, expected %q", where, err, want)
		}
	}
	if _, err := blob.Open(t.Context(), "nats://127.0.0.1:1/a.b"); err == nil || !strings.Contains(err.Error(), `bucket "a.b"`) {
		t.Errorf("a bucket that cannot be: %v", err)
	}
}

func TestOpenWhereNothingMayBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		// Root may write anywhere but where nothing is: under a file.
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := blob.Open(t.Context(), filepath.Join(path, "store")); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, expected one that says where", err)
		}
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Open(t.Context(), dir); !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v, expected one that says where", err)
	}
}
