//go:build !linux

package process

import "errors"

// confinement of this system is none.
func confinement(Config) Confinement { return Confinement{} }

func checkUsers(Config) error {
	return errors.New("users of their own for processes need Linux")
}
