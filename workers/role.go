package workers

import "fmt"

// Role is what one process of a site does.
type Role string

// The roles. A site on one machine is one process that does all. Otherwise it needs a web and a worker, and one scheduler.
const (
	RoleAll Role = "all"
	// RoleWeb serves pages. It hands over jobs and works none.
	RoleWeb Role = "web"
	// RoleWorker works jobs, and sweeps, so that no submission waits for a scheduler that is away.
	RoleWorker Role = "worker"
	// RoleScheduler sweeps and collects.
	RoleScheduler Role = "scheduler"
)

// ParseRole reads a role as people write it; "" is all.
func ParseRole(text string) (Role, error) {
	switch role := Role(text); role {
	case "":
		return RoleAll, nil
	case RoleAll, RoleWeb, RoleWorker, RoleScheduler:
		return role, nil
	}
	return "", fmt.Errorf("there is no role %q: want web, worker, scheduler or all", text)
}

// Serves reports whether the process answers browsers.
func (r Role) Serves() bool { return r == RoleAll || r == RoleWeb }

// Works reports whether the process takes jobs from the queue.
func (r Role) Works() bool { return r == RoleAll || r == RoleWorker }

// Sweeps reports whether the process hands over what the queue forgot.
func (r Role) Sweeps() bool { return r == RoleAll || r == RoleWorker || r == RoleScheduler }

// Collects reports whether the process removes what expired.
func (r Role) Collects() bool { return r == RoleAll || r == RoleScheduler }
