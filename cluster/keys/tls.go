package keys

import (
	"crypto/tls"
	"crypto/x509"
)

// ServerTLS is for the listener that clients and nodes connect to: TLS 1.3, and
// nobody without a certificate of the cluster's authority.
func (id *Identity) ServerTLS() *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{id.certificate},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    id.authority,
	}
}

// ClientTLS is for connecting to such a listener: it must be a node's, whatever
// its address.
func (id *Identity) ClientTLS() *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{id.certificate},
		RootCAs:      id.authority,
		ServerName:   nodeName,
	}
}

// RouteTLS is for both ends of the routes between nodes' NATS servers: each must be
// a node.
func (id *Identity) RouteTLS() *tls.Config {
	// A server is known by its certificate's name, not by the address that it is
	// connected at, which the NATS server would compare: so the comparison is ours.
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		Certificates:       []tls.Certificate{id.certificate},
		ClientAuth:         tls.RequireAnyClientCert,
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			return id.verify(s.PeerCertificates, nodeName, x509.ExtKeyUsageClientAuth)
		},
	}
}
