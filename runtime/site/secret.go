package site

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// secretFile holds the site's secret in its folder.
const secretFile = "secret"

// secret gives the site's secret. It is made once: seeds and pseudonyms come from it, so a lost one cannot be replaced.
func (s *Site) secret() ([]byte, error) {
	if len(s.config.Secret) > 0 {
		if len(s.config.Secret) < 32 {
			return nil, fmt.Errorf("the site's secret has %d bytes: it needs 32 or more", len(s.config.Secret))
		}
		return s.config.Secret, nil
	}
	if s.config.MongoURL != "" {
		return nil, errors.New("a site on MongoDB needs its secret in the configuration, the same for every process (QUOIN_SECRET)")
	}
	path := filepath.Join(s.config.Data, secretFile)
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeSecret(s.config.Data, path); err != nil {
			return nil, fmt.Errorf("making the site's secret: %w", err)
		}
		secret, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, err
	}
	if len(secret) < 32 {
		return nil, fmt.Errorf("%s holds no secret of 32 bytes: restore it from a backup", path)
	}
	return secret, nil
}

// makeSecret writes a new secret whole or not at all; one that another process was faster with stays.
func makeSecret(dir, path string) error {
	file, err := os.CreateTemp(dir, ".secret-*")
	if err != nil {
		return err
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	_, err = file.Write(secret)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		if err = os.Link(file.Name(), path); errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	return errors.Join(err, os.Remove(file.Name()))
}
