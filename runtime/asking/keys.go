package asking

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // services that sign so are there; it is a keyed hash
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"strings"

	"github.com/quoin-lms/quoin/runtime/secrets"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Typed gives what an author typed into a key field of the calling block; found is false where there is no such field or
// nothing in it.
type Typed func(ctx context.Context, call *services.Call, field string) (value []byte, found bool, err error)

// Keys signs and verifies for blocks, by secrets of the site and by what authors typed into key fields.
type Keys struct {
	Secrets *secrets.Secrets
	// Typed is asked first; nil knows none.
	Typed Typed
}

// Answer implements services.Answer.
func (k Keys) Answer(ctx context.Context, call *services.Call, method string, m wire.Message) (any, error) {
	switch method {
	case "sign":
		var request wire.KeySign
		if err := m.Body(&request); err != nil {
			return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
		}
		return k.sign(ctx, call, &request)
	case "verify":
		var request wire.KeyVerify
		if err := m.Body(&request); err != nil {
			return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "%v", err)
		}
		return k.verify(ctx, call, &request)
	case "publish":
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this server publishes no keys of blocks: sign with HS256 or hmac-sha256")
	}
	return nil, wire.Errorf(wire.CodeNotFound, wire.BlameBlock, "service keys has no method %q", method)
}

// secret finds the value behind a handle.
func (k Keys) secret(ctx context.Context, call *services.Call, handle string) ([]byte, error) {
	if k.Typed != nil {
		value, found, err := k.Typed(ctx, call, handle)
		if found || err != nil {
			return value, err
		}
	}
	value, _, err := k.Secrets.Open(ctx, call.Manifest.Name, handle)
	if errors.Is(err, secrets.ErrNotFound) {
		return nil, unset(call, handle)
	}
	return value, err
}

// hashes are the keyed hashes by the algorithms' names.
var hashes = map[string]func() hash.Hash{"hmac-sha256": sha256.New, "hmac-sha1": sha1.New, "HS256": sha256.New}

func algorithm(name string) (func() hash.Hash, error) {
	if made, ok := hashes[name]; ok {
		return made, nil
	}
	if name == "RS256" {
		return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "this server does not know RS256 for blocks yet: use HS256, hmac-sha256 or hmac-sha1")
	}
	return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "algorithm %q: want HS256, hmac-sha256 or hmac-sha1", name)
}

func mac(made func() hash.Hash, secret, payload []byte) []byte {
	m := hmac.New(made, secret)
	m.Write(payload)
	return m.Sum(nil)
}

// jwtHeader is that of every token made here; another one is not taken.
const jwtHeader = `{"alg":"HS256","typ":"JWT"}`

func (k Keys) sign(ctx context.Context, call *services.Call, request *wire.KeySign) (any, error) {
	made, err := algorithm(request.Algorithm)
	if err != nil {
		return nil, err
	}
	secret, err := k.secret(ctx, call, request.Secret)
	if err != nil {
		return nil, err
	}
	if request.Algorithm != "HS256" {
		return wire.KeySigned{Signature: base64.StdEncoding.EncodeToString(mac(made, secret, request.Payload.Data))}, nil
	}
	var claims bytes.Buffer
	if err := json.Compact(&claims, request.Claims); err != nil || claims.Len() == 0 || claims.Bytes()[0] != '{' {
		return nil, wire.Errorf(wire.CodeBadRequest, wire.BlameBlock, "the claims of a token are a JSON object")
	}
	signed := base64.RawURLEncoding.EncodeToString([]byte(jwtHeader)) + "." + base64.RawURLEncoding.EncodeToString(claims.Bytes())
	return wire.KeySigned{Signature: signed + "." + base64.RawURLEncoding.EncodeToString(mac(made, secret, []byte(signed)))}, nil
}

func (k Keys) verify(ctx context.Context, call *services.Call, request *wire.KeyVerify) (any, error) {
	made, err := algorithm(request.Algorithm)
	if err != nil {
		return nil, err
	}
	secret, err := k.secret(ctx, call, request.Secret)
	if err != nil {
		return nil, err
	}
	if request.Algorithm == "HS256" {
		return verifyToken(secret, request.Signature), nil
	}
	given, ok := decode(request.Signature)
	return wire.KeyVerified{Valid: ok && hmac.Equal(given, mac(made, secret, request.Payload.Data))}, nil
}

// decode reads a signature in hexadecimal or in base64 of either alphabet, padded or not. What is hexadecimal is read as that: a
// digest in base64 is never of hexadecimal digits alone and twice a digest's length.
func decode(text string) ([]byte, bool) {
	if raw, err := hex.DecodeString(text); err == nil && (len(raw) == sha256.Size || len(raw) == sha1.Size) {
		return raw, true
	}
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	raw, err := base64.RawStdEncoding.DecodeString(text)
	return raw, err == nil
}

// verifyToken checks a JWT of HS256. Its times are the block's business, which has the call's clock.
func verifyToken(secret []byte, token string) wire.KeyVerified {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return wire.KeyVerified{}
	}
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	var said struct {
		Algorithm string   `json:"alg"`
		Critical  []string `json:"crit"`
	}
	if err != nil || json.Unmarshal(header, &said) != nil || said.Algorithm != "HS256" || len(said.Critical) > 0 {
		return wire.KeyVerified{}
	}
	given, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(given, mac(sha256.New, secret, []byte(parts[0]+"."+parts[1]))) {
		return wire.KeyVerified{}
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || !json.Valid(claims) {
		return wire.KeyVerified{}
	}
	return wire.KeyVerified{Valid: true, Claims: claims}
}
