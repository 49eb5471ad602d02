package blob

import (
	"context"
	"io"
	"strings"
)

// Under is a view of a store: of the blobs whose keys begin with prefix and a slash,
// under what follows that. The prefix is of elements as a key's are; "" is the store
// itself.
func Under(s Store, prefix string) Store {
	prefix = strings.TrimSuffix(prefix, "/")
	if prefix == "" {
		return s
	}
	return &under{s, prefix + "/"}
}

type under struct {
	store  Store
	prefix string
}

func (u *under) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	return u.store.Put(ctx, u.prefix+key, r, size)
}

func (u *under) Create(ctx context.Context, key string, data []byte) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	return u.store.Create(ctx, u.prefix+key, data)
}

func (u *under) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	return u.store.Get(ctx, u.prefix+key)
}

func (u *under) List(ctx context.Context, prefix string) ([]Entry, error) {
	all, err := u.store.List(ctx, u.prefix+prefix)
	for i := range all {
		all[i].Key = strings.TrimPrefix(all[i].Key, u.prefix)
	}
	return all, err
}

func (u *under) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	return u.store.Delete(ctx, u.prefix+key)
}
