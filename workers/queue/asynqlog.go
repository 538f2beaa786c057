package queue

import (
	"fmt"
	"log/slog"
)

// asynqLogger passes on what asynq reports.
type asynqLogger struct{ log *slog.Logger }

func (l asynqLogger) Debug(args ...any) { l.log.Debug("asynq: " + fmt.Sprint(args...)) }
func (l asynqLogger) Info(args ...any)  { l.log.Debug("asynq: " + fmt.Sprint(args...)) }
func (l asynqLogger) Warn(args ...any)  { l.log.Warn("asynq: " + fmt.Sprint(args...)) }
func (l asynqLogger) Error(args ...any) { l.log.Error("asynq: " + fmt.Sprint(args...)) }

// Fatal does not end the process: that is for main to decide.
func (l asynqLogger) Fatal(args ...any) { l.log.Error("asynq: " + fmt.Sprint(args...)) }
