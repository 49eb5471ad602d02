// Package nats keeps blobs in the object store of a NATS server with JetStream. It
// is the only part of blob that knows NATS; blob.Open makes a blob.Store of it.
//
// A blob is what NATS's own tools take for an object: chunks, then a message that
// names them (nats object ls shows it). That message is written on the condition
// that the last one of its name is still the one that was looked at, which the
// server that leads the bucket's stream decides: so of all who create a name one
// wins, and who replaces a blob knows whose chunks to remove.
package nats

import (
	"fmt"
	"regexp"
	"time"
)

// Config says where a bucket is and who asks.
type Config struct {
	URL    string // nats://host:port, or tls://host:port; several with commas between
	Bucket string // letters, digits, _ and -

	// Create makes a bucket that is not there, which Replicas servers of a NATS
	// cluster then keep.
	Create   bool
	Replicas int // 0 is 1

	User, Password  string
	CredentialsFile string // of a NATS operator: a JWT and its NKey

	// CA, Certificate and Key are PEM files for TLS: of who vouches for the servers,
	// and of our own certificate. Empty is the system's authorities, and none.
	CA, Certificate, Key string

	ConnectTimeout time.Duration // 0 is 5 s
}

var bucketName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// Validate tells what is wrong with the names in it.
func (c Config) Validate() error {
	if !bucketName.MatchString(c.Bucket) {
		return fmt.Errorf("bucket %q: expected letters, digits, _ and -", c.Bucket)
	}
	if c.Replicas < 0 || c.Replicas > 5 {
		return fmt.Errorf("replicas=%d: expected 1 to 5", c.Replicas)
	}
	return nil
}

func (c Config) where() string { return "object store " + c.URL + "/" + c.Bucket }
