package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// Certificates carry these names, whatever machine they are used on, so that nodes
// need no names in DNS, and a client's certificate cannot stand for a node's.
const (
	nodeName   = "node.volley.internal"
	clientName = "client.volley.internal"
)

// pair is a certificate and its private key, both in PEM.
type pair struct {
	certificate, privateKey []byte
}

// authority signs certificates.
type authority struct {
	pair
	parsed *x509.Certificate
	key    *ecdsa.PrivateKey
}

func newAuthority(o Options) (*authority, error) {
	t := template("volley cluster "+o.Cluster, o.Validity)
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	p, err := sign(t, t, key, key)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(p.certificate)
	parsed, err := x509.ParseCertificate(block.Bytes)
	return &authority{p, parsed, key}, err
}

// issue makes a certificate for a name; a node's serves and connects, a client's
// connects.
func (a *authority) issue(name string, o Options, node bool) (pair, error) {
	t := template(name, o.Validity)
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.DNSNames = []string{name}
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if node {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
		for _, h := range append([]string{"localhost", "127.0.0.1", "::1"}, o.Hosts...) {
			if ip := net.ParseIP(h); ip != nil {
				t.IPAddresses = append(t.IPAddresses, ip)
			} else {
				t.DNSNames = append(t.DNSNames, h)
			}
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	return sign(t, a.parsed, key, a.key)
}

func template(name string, validity time.Duration) *x509.Certificate {
	serial := make([]byte, 16)
	rand.Read(serial)
	serial[0] &= 0x7f // positive
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour), // clocks of machines differ
		NotAfter:     time.Now().Add(validity),
	}
}

func sign(t, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (pair, error) {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, parentKey)
	if err != nil {
		return pair{}, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return pair{}, err
	}
	return pair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	}, nil
}
