package queue

import "fmt"

func playRole(role string) error { return fmt.Errorf("no role %q", role) }
