package fakehost

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // hmac-sha1 is what LTI 1.1 signs with; the contract names it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Secret is what a block names and never sees.
type Secret struct {
	Value []byte
	// Host is the one that http may send it to.
	Host string
}

// SetSecret makes a secret known by its handle.
func (w *World) SetSecret(handle string, secret Secret) { w.secrets[handle] = secret }

type publicKey = *rsa.PublicKey

// signer is the block's own key pair.
type signer struct{ key *rsa.PrivateKey }

// keySetURL is where the block's own public keys stand.
const keySetURL = "https://quoin.example/keys/block"

// own gives the block's key pair, making it when it is first needed.
func (w *World) own() (*rsa.PrivateKey, error) {
	if w.signer == nil {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("making the block's key: %w", err)
		}
		w.signer = &signer{key}
	}
	return w.signer.key, nil
}

func (w *World) publishKeys() string {
	if key, err := w.own(); err == nil {
		w.keySets[keySetURL] = &key.PublicKey
	}
	return keySetURL
}

// SetKeySet makes an outside issuer's public key known by the address of its key set.
func (w *World) SetKeySet(address string, key *rsa.PublicKey) { w.keySets[address] = key }

// mac computes an HMAC by the contract's name of the algorithm; nil for an unknown one.
func mac(algorithm string, secret, payload []byte) []byte {
	var digest func() hash.Hash
	switch algorithm {
	case "hmac-sha256", "HS256":
		digest = sha256.New
	case "hmac-sha1":
		digest = sha1.New
	default:
		return nil
	}
	m := hmac.New(digest, secret)
	m.Write(payload) // a hash never fails to write
	return m.Sum(nil)
}

// Sign signs bytes as an outside service would that shares a secret with the block: base64.
func (w *World) Sign(handle, algorithm string, payload []byte) (string, error) {
	signed, err := w.sign(&wire.KeySign{Secret: handle, Algorithm: algorithm, Payload: wire.Blob{Data: payload}})
	if err != nil {
		return "", err
	}
	return signed.Signature, nil
}

func (w *World) secret(handle string) ([]byte, error) {
	secret, ok := w.secrets[handle]
	if !ok {
		return nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "no secret has the handle %q", handle)
	}
	return secret.Value, nil
}

func (w *World) sign(r *wire.KeySign) (wire.KeySigned, error) {
	switch r.Algorithm {
	case "hmac-sha256", "hmac-sha1":
		secret, err := w.secret(r.Secret)
		if err != nil {
			return wire.KeySigned{}, err
		}
		return wire.KeySigned{Signature: base64.StdEncoding.EncodeToString(mac(r.Algorithm, secret, r.Payload.Data))}, nil
	case "HS256":
		secret, err := w.secret(r.Secret)
		if err != nil {
			return wire.KeySigned{}, err
		}
		head := jwtHead(r.Algorithm, r.Claims)
		return wire.KeySigned{Signature: head + "." + raw64(mac(r.Algorithm, secret, []byte(head)))}, nil
	case "RS256":
		key, err := w.own()
		if err != nil {
			return wire.KeySigned{}, err
		}
		head := jwtHead(r.Algorithm, r.Claims)
		digest := sha256.Sum256([]byte(head))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
		return wire.KeySigned{Signature: head + "." + raw64(signature)}, err
	}
	return wire.KeySigned{}, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "algorithm %q: use HS256, RS256, hmac-sha256 or hmac-sha1", r.Algorithm)
}

func raw64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func jwtHead(algorithm string, claims json.RawMessage) string {
	if len(claims) == 0 {
		claims = json.RawMessage("{}")
	}
	return raw64(fmt.Appendf(nil, `{"alg":%q,"typ":"JWT"}`, algorithm)) + "." + raw64(claims)
}

func (w *World) verify(r *wire.KeyVerify) (wire.KeyVerified, error) {
	switch r.Algorithm {
	case "hmac-sha256", "hmac-sha1":
		secret, err := w.secret(r.Secret)
		if err != nil {
			return wire.KeyVerified{}, err
		}
		return wire.KeyVerified{Valid: sameMAC(mac(r.Algorithm, secret, r.Payload.Data), r.Signature)}, nil
	case "HS256", "RS256":
		return w.verifyJWT(r)
	}
	return wire.KeyVerified{}, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "algorithm %q: use HS256, RS256, hmac-sha256 or hmac-sha1", r.Algorithm)
}

// sameMAC compares with a signature in any of the encodings that the contract allows.
func sameMAC(want []byte, signature string) bool {
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		if got, err := decode(signature); err == nil && hmac.Equal(got, want) {
			return true
		}
	}
	return false
}

// verifyJWT checks a token of the algorithm that was asked for, whatever the token's own head says.
func (w *World) verifyJWT(r *wire.KeyVerify) (wire.KeyVerified, error) {
	head, claims, given, ok := splitJWT(r.Signature)
	if !ok {
		return wire.KeyVerified{}, nil
	}
	var valid bool
	if r.Algorithm == "HS256" {
		secret, err := w.secret(r.Secret)
		if err != nil {
			return wire.KeyVerified{}, err
		}
		valid = hmac.Equal(given, mac(r.Algorithm, secret, []byte(head)))
	} else {
		key, ok := w.keySets[r.KeySet]
		if !ok {
			return wire.KeyVerified{}, wire.Errorf(wire.CodeUnavailable, wire.BlameOutside, "the key set %q cannot be read", r.KeySet)
		}
		digest := sha256.Sum256([]byte(head))
		valid = rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], given) == nil
	}
	if !valid {
		return wire.KeyVerified{}, nil
	}
	return wire.KeyVerified{Valid: true, Claims: claims}, nil
}

// splitJWT takes a token apart into what is signed, its claims and its signature.
func splitJWT(token string) (head string, claims, signature []byte, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", nil, nil, false
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || !json.Valid(claims) {
		return "", nil, nil, false
	}
	signature, err = base64.RawURLEncoding.DecodeString(parts[2])
	return parts[0] + "." + parts[1], claims, signature, err == nil
}
