package packages

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"aead.dev/minisign"
)

// ErrPassword means that a private key could not be opened with the password given.
var ErrPassword = errors.New("the password is wrong, or the key is damaged")

// Key is a publisher's public key, as minisign writes it: RW and 54 more letters.
type Key string

// ParseKey reads a public key: its one line, or a file of minisign's with a comment above it.
func ParseKey(text string) (Key, error) {
	var public minisign.PublicKey
	if err := public.UnmarshalText([]byte(strings.TrimSpace(text))); err != nil {
		return "", fmt.Errorf("this is no public key of minisign's (RW...): %w", err)
	}
	return Key(public.String()), nil
}

// Same reports whether two keys are one: the number that a key carries is its owner's choice and plays no part.
func (k Key) Same(other Key) bool {
	a, b := k.bytes(), other.bytes()
	return len(a) > 0 && bytes.Equal(a, b)
}

// bytes gives the Ed25519 key itself, nil for what is none.
func (k Key) bytes() []byte {
	data, err := base64.StdEncoding.DecodeString(string(k))
	if err != nil || len(data) != 2+8+32 {
		return nil
	}
	return data[10:]
}

func (k Key) public() (minisign.PublicKey, error) {
	var public minisign.PublicKey
	err := public.UnmarshalText([]byte(k))
	return public, err
}

// NewKey makes a publisher's key: the private one as a text to keep, encrypted if there is a password, and the public one.
func NewKey(password string) (private []byte, public Key, err error) {
	made, secret, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		return nil, "", fmt.Errorf("making a key: %w", err)
	}
	if password == "" {
		private, err = secret.MarshalText()
	} else {
		private, err = minisign.EncryptKey(password, secret)
	}
	if err != nil {
		return nil, "", fmt.Errorf("making a key: %w", err)
	}
	return private, keyOf(made), nil
}

func keyOf(public minisign.PublicKey) Key { return Key(public.String()) }

// Encrypted reports whether a private key needs a password.
func Encrypted(private []byte) bool { return minisign.IsEncrypted(private) }

// openKey reads a private key. A wrong password is [ErrPassword].
func openKey(private []byte, password string) (minisign.PrivateKey, Key, error) {
	var secret minisign.PrivateKey
	var err error
	if minisign.IsEncrypted(private) {
		if secret, err = minisign.DecryptKey(password, private); err != nil {
			return secret, "", fmt.Errorf("opening the key: %w (%w)", ErrPassword, err)
		}
	} else if err = secret.UnmarshalText(private); err != nil {
		return secret, "", fmt.Errorf("opening the key: this is no private key of minisign's: %w", err)
	}
	public, ok := secret.Public().(minisign.PublicKey)
	if !ok {
		return secret, "", errors.New("opening the key: it has no public half")
	}
	return secret, keyOf(public), nil
}

// PublicKey gives the public half of a private key.
func PublicKey(private []byte, password string) (Key, error) {
	_, public, err := openKey(private, password)
	return public, err
}

// Rotation says that a publisher goes on with another key. It is signed by the old one.
type Rotation struct {
	From Key `json:"from"`
	To   Key `json:"to"`
	// Signature is minisign's, over what [Rotation.statement] gives.
	Signature string `json:"signature"`
}

// statement is what is signed. It cannot be taken for an index, which is JSON.
func (r *Rotation) statement() []byte {
	return fmt.Appendf(nil, "this publisher's packages are signed from now on by another key\nfrom %s\nto %s\n", r.From, r.To)
}

// Rotate makes a rotation from a private key to another public one.
func Rotate(private []byte, password string, to Key) (Rotation, error) {
	secret, from, err := openKey(private, password)
	if err != nil {
		return Rotation{}, err
	}
	if from.Same(to) {
		return Rotation{}, errors.New("rotating a key: both keys are the same")
	}
	r := Rotation{From: from, To: to}
	r.Signature = string(minisign.SignWithComments(secret, r.statement(), "rotation", "signature from a publisher's old key"))
	return r, nil
}

// valid reports whether the old key signed it.
func (r *Rotation) valid() bool {
	public, err := r.From.public()
	return err == nil && minisign.Verify(public, r.statement(), []byte(r.Signature))
}

// maxRotations bounds how often a publisher may have changed keys.
const maxRotations = 16

// Signed is who stands for a package.
type Signed struct {
	// Key is the publisher's, "" for a package that nobody signed.
	Key Key
	// Rotations lead from earlier keys to this one; each is signed by its old key.
	Rotations []Rotation
}

// ComesFrom reports whether the rotations lead from an earlier key to this one. Keys that were revoked lead nowhere.
func (s *Signed) ComesFrom(earlier Key, revoked func(Key) bool) bool {
	at := earlier
	for range len(s.Rotations) + 1 {
		if at.Same(s.Key) {
			return true
		}
		next := Key("")
		for _, r := range s.Rotations {
			if r.From.Same(at) && !revoked(r.From) {
				next = r.To
			}
		}
		if next == "" {
			return false
		}
		at = next
	}
	return false
}

// Publisher says who signed the package. A signature that is not of these bytes, by this key, is a *[Refusal].
func (p *Package) Publisher() (*Signed, error) {
	const fix = "get the package again from its publisher"
	_, signed := p.files.Stat(signatureFile)
	_, keyed := p.files.Stat(publisherFile)
	if !signed && !keyed {
		return &Signed{}, nil
	}
	if signed != keyed {
		return nil, refuse(RuleSignature, fix, "the archive holds %s or %s, but not both", signatureFile, publisherFile)
	}
	signature, err := p.part(signatureFile, maxSignature, RuleSignature)
	if err != nil {
		return nil, err
	}
	text, err := p.part(publisherFile, maxSignature, RuleSignature)
	if err != nil {
		return nil, err
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return nil, &Refusal{Rule: RuleSignature, What: publisherFile + " cannot be read", Fix: fix, Err: err}
	}
	public, err := key.public()
	if err != nil {
		return nil, &Refusal{Rule: RuleSignature, What: publisherFile + " cannot be read", Fix: fix, Err: err}
	}
	if !minisign.Verify(public, p.index, signature) {
		return nil, refuse(RuleSignature, fix, "the signature is not of this package by the key %s", key)
	}
	rotations, err := p.rotations()
	return &Signed{Key: key, Rotations: rotations}, err
}

// maxSignature bounds a signature or a key in bytes.
const maxSignature = 16 << 10

func (p *Package) rotations() ([]Rotation, error) {
	if _, there := p.files.Stat(rotationsFile); !there {
		return nil, nil
	}
	data, err := p.part(rotationsFile, maxRotations*maxSignature, RuleSignature)
	if err != nil {
		return nil, err
	}
	return ParseRotations(data)
}

// ParseRotations reads rotations as [EncodeRotations] writes them, each of which its old key must have signed.
func ParseRotations(data []byte) ([]Rotation, error) {
	const fix = "make the rotation again with quoin block keys rotate"
	var list []Rotation
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return nil, &Refusal{Rule: RuleSignature, What: "the rotations of keys cannot be read", Fix: fix, Err: err}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse(RuleSignature, fix, "something follows the rotations of keys")
	}
	if len(list) > maxRotations {
		return nil, refuse(RuleSignature, fix, "%d rotations of keys, the limit is %d", len(list), maxRotations)
	}
	for i := range list {
		if !list[i].valid() {
			return nil, refuse(RuleSignature, fix, "the rotation from %.60s to %.60s is not signed by the old key", list[i].From, list[i].To)
		}
	}
	return list, nil
}

// EncodeRotations writes rotations for a file.
func EncodeRotations(list []Rotation) ([]byte, error) {
	data, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing rotations: %w", err)
	}
	return append(data, '\n'), nil
}

// Sign gives the archive with a signature by a private key, in place of one that it may have. Rotations lead from the
// publisher's earlier keys to this one.
func Sign(ctx context.Context, archive, private []byte, password string, rotations []Rotation) (signed []byte, key Key, err error) {
	p, err := Open(ctx, bytes.NewReader(archive), int64(len(archive)), "")
	if err != nil {
		return nil, "", fmt.Errorf("signing: %w", err)
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	secret, key, err := openKey(private, password)
	if err != nil {
		return nil, "", fmt.Errorf("signing: %w", err)
	}
	public, err := key.public()
	if err != nil {
		return nil, "", fmt.Errorf("signing: %w", err)
	}
	text, err := public.MarshalText()
	if err != nil {
		return nil, "", fmt.Errorf("signing: %w", err)
	}
	signature := map[string][]byte{
		publisherFile: text,
		signatureFile: minisign.SignWithComments(secret, p.index, p.Index.Name+" "+p.Index.Version, "signature from the publisher's key"),
	}
	if len(rotations) > 0 {
		if signature[rotationsFile], err = EncodeRotations(rotations); err != nil {
			return nil, "", err
		}
	}
	files := map[string][]byte{}
	for _, f := range p.Index.Files {
		if files[f.Path], err = p.Read(f.Path); err != nil {
			return nil, "", fmt.Errorf("signing: %w", err)
		}
	}
	signed, err = write(p.index, signature, files, p.Index.executable())
	return signed, key, err
}
