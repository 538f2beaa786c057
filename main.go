// Command quoin is the whole platform in one file: the web server, the background workers, the scheduler and the commands. It
// carries its blocks compiled and the web assets bundled, so it runs on a machine without Go or Node.
package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"

	"github.com/quoin-lms/quoin/host/command"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/workers"
	"github.com/quoin-lms/quoin/workers/queue"
)

// dist holds the blocks that `make blocks` compiled.
//
//go:embed all:blocks/dist
var dist embed.FS

// sdk holds what `quoin block new` lays down beside a block: the SDK for Go, its tests' host included, and the files
// that editors of TypeScript and C read.
//
//go:embed sdk/*.go sdk/wire/*.go sdk/markup/*.go sdk/question/*.go sdk/question/locales sdk/blocktest/*.go sdk/blocktest/*/*.go sdk/typescript/*.ts sdk/typescript/package.json sdk/elements/*.ts sdk/elements/package.json sdk/c/src
var sdk embed.FS

func main() {
	shipped, err := fs.Sub(dist, "blocks/dist")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(command.Run(context.Background(), command.Parts{
		Shipped: shipped, SDK: sdk, Background: openBackground, In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
	}, os.Args[1:]))
}

// background is the queue and the workers, as the commands see them.
type background struct {
	*queue.Queue
	config command.BackgroundConfig
	// workers are what Work started.
	workers *workers.Workers
}

func openBackground(ctx context.Context, config command.BackgroundConfig) (command.Background, error) {
	q, err := queue.Open(ctx, queue.Config{RedisURL: config.RedisURL, Prefix: config.Prefix, Logger: config.Log})
	if err != nil {
		return nil, err
	}
	return &background{Queue: q, config: config}, nil
}

// Work implements command.Background.
func (b *background) Work(ctx context.Context, s *site.Site, role command.Role) (func(context.Context) error, error) {
	w, err := workers.Start(ctx, workers.Config{
		Site: s, Queue: b.Queue, Role: workers.Role(role), Log: b.config.Log, Tracer: b.config.Tracer,
	})
	if err != nil {
		return nil, err
	}
	b.workers = w
	return w.Stop, nil
}
