package blob

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// ErrWhere is of words that name no store.
var ErrWhere = errors.New("expected a directory, s3://BUCKET[/PREFIX]?endpoint=HOST:PORT or nats://HOST:PORT/BUCKET[/PREFIX]")

// Open opens the store that where names, for reading and writing:
//
//	DIRECTORY                     made where it is not there
//	s3://BUCKET[/PREFIX]          with ?endpoint=HOST:PORT (AWS's where there is none),
//	                              &tls=false, &region=NAME
//	nats://HOST:PORT/BUCKET[/PREFIX]  in the object store of JetStream; ?replicas=N of a
//	                              bucket that is made; tls:// for a server with TLS
//
// Credentials are those of the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
// and AWS_SESSION_TOKEN, MinIO's, AWS's file of credentials, the machine's role;
// NATS_USER and NATS_PASSWORD, or NATS_CREDS; NATS_CA, NATS_CERT and NATS_KEY. A bucket
// that is not there is made.
//
// Errors say where, and are ErrWhere where that is no store's name. A store that cannot
// be reached, that refuses us, or in which two creators of one key would both win is
// not opened. A store that is an io.Closer may be closed.
func Open(ctx context.Context, where string) (Store, error) { return open(ctx, where, true) }

// OpenToRead opens a store that is there, to read it: nothing in it changes.
func OpenToRead(ctx context.Context, where string) (Store, error) { return open(ctx, where, false) }

func open(ctx context.Context, where string, write bool) (s Store, err error) {
	if where != "" && !strings.Contains(where, "://") {
		return openDirectory(ctx, where, write)
	}
	u, err := parse(where)
	if err != nil {
		return nil, err
	}
	prefix := strings.Trim(u.Path, "/")
	if u.Scheme == "s3" {
		c := S3Config{Endpoint: u.Query().Get("endpoint"), Bucket: u.Host, Region: u.Query().Get("region"), Plain: u.Query().Get("tls") == "false", Create: write, ReadOnly: !write}
		c.Endpoint = cmp.Or(c.Endpoint, "s3.amazonaws.com")
		s, err := NewS3(ctx, c)
		if err != nil {
			return nil, err
		}
		return Under(s, prefix), nil
	}
	bucket, prefix, _ := strings.Cut(prefix, "/")
	replicas, _ := strconv.Atoi(u.Query().Get("replicas"))
	n, err := NewNATS(ctx, NATSConfig{
		URL: u.Scheme + "://" + u.Host, Bucket: bucket, Create: write, Replicas: replicas,
		User: os.Getenv("NATS_USER"), Password: os.Getenv("NATS_PASSWORD"), CredentialsFile: os.Getenv("NATS_CREDS"),
		CA: os.Getenv("NATS_CA"), Certificate: os.Getenv("NATS_CERT"), Key: os.Getenv("NATS_KEY"),
	})
	if err != nil {
		return nil, err
	}
	if write {
		if err := probe(ctx, n, where); err != nil {
			n.Close()
			return nil, err
		}
	}
	return Under(n, prefix), nil
}

func openDirectory(ctx context.Context, path string, write bool) (Store, error) {
	if write {
		d, err := NewDirectory(path)
		if err != nil {
			return nil, err
		}
		return d, probe(ctx, d, path)
	}
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", path)
	}
	if err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	return &Directory{path}, nil
}

// settings are what may follow the ? of a scheme.
var settings = map[string][]string{"s3": {"endpoint", "region", "tls"}, "nats": {"replicas"}, "tls": {"replicas"}}

// parse reads the name of a store that is not a directory. What it says of a wrong one
// has no password in it.
func parse(where string) (*url.URL, error) {
	shown := where
	if scheme, rest, _ := strings.Cut(where, "://"); strings.Contains(rest, "@") {
		shown = scheme + "://..." + rest[strings.LastIndex(rest, "@"):]
	}
	wrong := func(format string, args ...any) (*url.URL, error) {
		return nil, fmt.Errorf("blob store %q: %s: %w", shown, fmt.Sprintf(format, args...), ErrWhere)
	}
	u, err := url.Parse(where)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return wrong("%v", err)
	}
	known := settings[u.Scheme]
	switch prefix := strings.Trim(u.Path, "/"); {
	case known == nil:
		return wrong("%q is not known", u.Scheme)
	case u.User != nil:
		return wrong("a name or password is in it, and they are taken from the environment")
	case u.Host == "":
		return wrong("nothing stands before the first slash")
	case u.Scheme != "s3" && prefix == "":
		return wrong("no bucket is named")
	case prefix != "" && CheckKey(prefix) != nil:
		return wrong("%v", CheckKey(prefix))
	case u.Fragment != "":
		return wrong("a # is in it")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return wrong("%v", err)
	}
	for key, values := range query {
		if !slices.Contains(known, key) || len(values) > 1 || values[0] == "" {
			return wrong("?%s=%s: each of %s once is known", key, strings.Join(values, ","), strings.Join(known, ", "))
		}
	}
	if tls := query.Get("tls"); tls != "" && tls != "true" && tls != "false" {
		return wrong("tls=%s: true or false is expected", tls)
	}
	if n := query.Get("replicas"); n != "" && (len(n) > 1 || n < "1" || n > "5") {
		return wrong("replicas=%s: 1 to 5 is expected", n)
	}
	return u, nil
}

// probe finds out whether a store can be written, and keeps a second creator of a key
// out.
func probe(ctx context.Context, s Store, where string) error {
	key := "probe-" + rand.Text()
	defer s.Delete(context.WithoutCancel(ctx), key)
	if err := s.Create(ctx, key, []byte("first")); err != nil {
		return err
	}
	switch err := s.Create(ctx, key, []byte("second")); {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%s overwrites what is to be created once: expected a store that honours conditional writes (If-None-Match of S3)", where)
}
