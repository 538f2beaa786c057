package command

import "syscall"

// timeError is what adjtimex returns for a clock that nothing keeps right.
const timeError = 5

// clockSynchronised asks the kernel whether a time service keeps the clock right; known is false where it does not tell.
func clockSynchronised() (synchronised, known bool) {
	var timex syscall.Timex
	state, err := syscall.Adjtimex(&timex)
	if err != nil {
		return false, false
	}
	return state != timeError, true
}
