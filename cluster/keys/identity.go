package keys

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Identity is what a member shows others, and knows them by.
type Identity struct {
	Config Config

	// GossipKey is 32 bytes, for membership.Config.Key.
	GossipKey []byte

	certificate tls.Certificate
	authority   *x509.CertPool
}

// Load reads a configuration and the files that it names, and tells everything
// that is wrong with them: also secrets that everybody may read, certificates that
// the authority did not sign, and those that are out of date.
func Load(path string) (*Identity, error) {
	c, err := readConfig(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	at := func(name string) string {
		if filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(filepath.Dir(path), name)
	}
	faults := []error{checkSecret(path), checkSecret(at(c.Key))}
	id := &Identity{Config: c, authority: x509.NewCertPool()}
	if id.GossipKey, err = base64.StdEncoding.DecodeString(c.GossipKey); err != nil {
		faults = append(faults, err)
	}
	if ca, err := os.ReadFile(at(c.CA)); err != nil {
		faults = append(faults, err)
	} else if !id.authority.AppendCertsFromPEM(ca) {
		faults = append(faults, fmt.Errorf("%s: expected a certificate in PEM", at(c.CA)))
	}
	if id.certificate, err = tls.LoadX509KeyPair(at(c.Certificate), at(c.Key)); err != nil {
		faults = append(faults, err)
	} else {
		name := clientName
		if c.IsNode() {
			name = nodeName
		}
		faults = append(faults, id.check(at(c.Certificate), name))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return id, nil
}

// checkSecret refuses a secret that everybody on the machine may read. A group may:
// that is how containers get theirs.
func checkSecret(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o007 != 0 {
		return fmt.Errorf("%s: mode %04o lets everybody read or change a secret; chmod 600 it", path, mode)
	}
	return nil
}

// check verifies our own certificate as others will.
func (id *Identity) check(path, name string) error {
	leaf := id.certificate.Leaf
	if now := time.Now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return fmt.Errorf("%s: holds from %s to %s; issue another, or set the clock", path, leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
	}
	if err := id.verify([]*x509.Certificate{leaf}, name, x509.ExtKeyUsageClientAuth); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// verify checks a chain against the authority, for a name and a use.
func (id *Identity) verify(chain []*x509.Certificate, name string, use x509.ExtKeyUsage) error {
	if len(chain) == 0 {
		return errors.New("expected a certificate, got none")
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: id.authority, Intermediates: between, DNSName: name, KeyUsages: []x509.ExtKeyUsage{use},
	})
	return err
}
