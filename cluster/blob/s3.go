package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3Config says where a bucket is and who asks.
type S3Config struct {
	Endpoint string // host:port, no scheme
	Bucket   string
	Prefix   string // before every key, "" or with a slash at its end
	Region   string // "" asks the server
	Plain    bool   // without TLS

	Create   bool // makes a bucket that is not there
	ReadOnly bool // nothing is written, not even to try whether that is exclusive

	// Credentials are those of the environment (AWS_ACCESS_KEY_ID,
	// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), of MinIO's, of AWS's file, then of
	// the machine's role, where AccessKey is empty.
	AccessKey, SecretKey string

	Transport http.RoundTripper // nil is the client's own
}

// S3 is a Store in a bucket of an object store that speaks S3 and honours
// If-None-Match on writing, which is what makes Create exclusive.
type S3 struct {
	client *minio.Client
	config S3Config
}

// NewS3 opens a bucket. A server that cannot be reached, a bucket that is not
// there, wrong credentials, and a server that lets two creators of one key both win
// are errors.
func NewS3(ctx context.Context, c S3Config) (*S3, error) {
	keys := credentials.NewStaticV4(c.AccessKey, c.SecretKey, "")
	if c.AccessKey == "" {
		keys = credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.EnvMinio{}, &credentials.FileAWSCredentials{},
			&credentials.IAM{Client: &http.Client{Timeout: 5 * time.Second}}, // a machine without a role answers nothing
		})
	}
	client, err := minio.New(c.Endpoint, &minio.Options{Creds: keys, Secure: !c.Plain, Region: c.Region, Transport: c.Transport, MaxRetries: 4})
	if err != nil {
		return nil, fmt.Errorf("object store %s: %w", c.Endpoint, err)
	}
	s := &S3{client, c}
	switch there, err := client.BucketExists(ctx, c.Bucket); {
	case err != nil:
		return nil, s.wrong(c.Bucket, err)
	case !there && !c.Create:
		return nil, fmt.Errorf("%s: no such bucket", s.where())
	case !there:
		if err := s.make(ctx); err != nil {
			return nil, err
		}
	}
	if c.ReadOnly {
		return s, nil
	}
	return s, probe(ctx, s, s.where())
}

// make makes the bucket, unless somebody else just did.
func (s *S3) make(ctx context.Context) error {
	err := s.client.MakeBucket(ctx, s.config.Bucket, minio.MakeBucketOptions{Region: s.config.Region})
	if code := minio.ToErrorResponse(err).Code; err == nil || code == "BucketAlreadyOwnedByYou" || code == "BucketAlreadyExists" {
		return nil
	}
	return fmt.Errorf("the bucket is not there and cannot be made: %w", s.wrong(s.config.Bucket, err))
}

// Put stores a blob.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	return s.put(ctx, key, &exactly{r, size}, size, minio.PutObjectOptions{})
}

// Create stores a blob under a key that is free.
func (s *S3) Create(ctx context.Context, key string, data []byte) error {
	options := minio.PutObjectOptions{DisableMultipart: true}
	options.SetMatchETagExcept("*")
	err := s.put(ctx, key, bytes.NewReader(data), int64(len(data)), options)
	var refused minio.ErrorResponse
	if !errors.As(err, &refused) || refused.StatusCode != http.StatusPreconditionFailed && refused.StatusCode != http.StatusConflict {
		return err
	}
	// The client asks again where an answer is lost: what is there may be ours.
	if held, err := s.read(ctx, key); err == nil && bytes.Equal(held, data) {
		return nil
	}
	return taken(s.where(), key)
}

func (s *S3) put(ctx context.Context, key string, r io.Reader, size int64, options minio.PutObjectOptions) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	options.ContentType = "application/octet-stream"
	if _, err := s.client.PutObject(ctx, s.config.Bucket, s.config.Prefix+key, r, size, options); err != nil {
		return s.wrong(key, err)
	}
	return nil
}

func (s *S3) read(ctx context.Context, key string) ([]byte, error) {
	r, err := s.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// Get opens a blob.
func (s *S3) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.config.Bucket, s.config.Prefix+key, minio.GetObjectOptions{})
	if err == nil {
		_, err = object.Stat() // GetObject asks only when it is read
	}
	if err != nil {
		return nil, s.wrong(key, err)
	}
	return object, nil
}

// List is the blobs whose keys begin with prefix.
func (s *S3) List(ctx context.Context, prefix string) ([]Entry, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing where an error does
	var all []Entry
	for object := range s.client.ListObjects(ctx, s.config.Bucket, minio.ListObjectsOptions{Prefix: s.config.Prefix + prefix, Recursive: true}) {
		if object.Err != nil {
			return nil, s.wrong(prefix, object.Err)
		}
		all = append(all, Entry{strings.TrimPrefix(object.Key, s.config.Prefix), object.Size})
	}
	return all, nil // S3 lists by key
}

// Delete removes a blob.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	err := s.client.RemoveObject(ctx, s.config.Bucket, s.config.Prefix+key, minio.RemoveObjectOptions{})
	if err = s.wrong(key, err); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (s *S3) where() string { return "object store " + s.config.Endpoint + "/" + s.config.Bucket }

// wrong says where err is from and what a user can change, and makes a missing key
// fs.ErrNotExist.
func (s *S3) wrong(key string, err error) error {
	var response minio.ErrorResponse
	var network net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &response) && response.Code == minio.NoSuchKey:
		return fmt.Errorf("%s: %s: %w", s.where(), key, fs.ErrNotExist)
	case errors.As(err, &response) && (response.StatusCode == http.StatusForbidden || response.StatusCode == http.StatusUnauthorized):
		return fmt.Errorf("%s: %s: no permission: the credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) are unknown there, or may not do this: %w", s.where(), key, err)
	case errors.As(err, &network) && !errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %s: the server cannot be reached: %w", s.where(), key, err)
	}
	return fmt.Errorf("%s: %s: %w", s.where(), key, err)
}
