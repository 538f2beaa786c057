package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// The examinations of an open site.

func (e *examination) checkStore(ctx context.Context) {
	if embedded, ok := e.site.Store.(*sqlitestore.Store); ok {
		if err := embedded.Check(ctx, e.deep); err != nil {
			e.wrong("store", err.Error(), "stop the server and restore the latest backup into an empty folder with quoin restore")
			return
		}
		e.ok("store", "%s can be read and is whole", storeFile(e.settings.Data))
		return
	}
	if _, _, err := e.site.Courses.Runs(ctx, "", 1); err != nil {
		e.wrong("store", err.Error(), "check --mongo-url and whether MongoDB runs")
		return
	}
	e.ok("store", "MongoDB answers")
}

// skew is how far clocks may be apart.
const skew = time.Minute

// checkClock compares the clock with the newest event: one of the future was written when the clock was ahead, or it has
// been put back. Deadlines and sessions go by this clock.
func (e *examination) checkClock(ctx context.Context) {
	now := e.now().UTC()
	newest, _, err := e.site.Events.Find(ctx, events.Query{Newest: true, Limit: 1})
	if err != nil {
		e.wrong("clock", err.Error(), "")
		return
	}
	if len(newest) > 0 {
		if at := time.UnixMilli(newest[0].Time).UTC(); at.Sub(now) > skew {
			e.wrong("clock", fmt.Sprintf("it shows %s, but something happened on this site at %s already", now.Format(time.RFC3339), at.Format(time.RFC3339)),
				"set the clock right and run a time service: deadlines and sessions go by it")
			return
		}
	}
	if synchronised, known := clockSynchronised(); known && !synchronised {
		e.warn("clock", "the system says that its clock is not synchronised", "run a time service, such as systemd-timesyncd or chrony")
		return
	}
	e.ok("clock", "%s", now.Format(time.RFC3339))
}

// checkBlocks loads every block, as the first learner who meets it would.
func (e *examination) checkBlocks(ctx context.Context) {
	good := 0
	for _, status := range e.site.Kernel.Blocks() {
		if status.Off != "" {
			e.warn("blocks", fmt.Sprintf("%s is switched off: %s", status.Name, status.Off), "")
			continue
		}
		broken := status.Broken
		if broken == "" && status.Version != nil {
			for _, blockType := range status.Version.Manifest.Types {
				if _, err := status.Version.Describe(ctx, blockType.Name); err != nil {
					broken = err.Error()
					break
				}
			}
		}
		if v := status.Version; v != nil && v.Manifest.Engine == "process" {
			e.warn("blocks", status.Name+" runs as a process, outside of the sandbox: it can read all this server can",
				"if it need not be there: quoin block remove "+status.Name)
		}
		if broken != "" {
			e.wrong("blocks", fmt.Sprintf("%s: %s", status.Name, broken), "learners see that this block cannot be shown: install it anew, or a quoin that carries it")
			continue
		}
		good++
	}
	if good == 0 {
		e.wrong("blocks", "there is none that works", "this quoin was built without blocks: run make build")
		return
	}
	e.ok("blocks", "%d can be loaded", good)
}

// checkFiles looks for each file that the store names.
func (e *examination) checkFiles(ctx context.Context) {
	count, size, bad := 0, int64(0), 0
	err := e.site.Files.Each(ctx, func(blob files.Blob) error {
		err := e.checkFile(ctx, blob)
		if errors.Is(err, files.ErrCorrupt) {
			if bad++; bad <= 10 {
				e.wrong("files", err.Error(), "take it from a backup: there its name is files/"+blob.Hash)
			}
			return nil
		}
		if errors.Is(err, files.ErrNotFound) {
			return nil // collected since
		}
		count++
		size += blob.Size
		return err
	})
	switch {
	case err != nil:
		e.wrong("files", err.Error(), "check --files-url, and owner and mode of the folder files in "+e.settings.Data)
	case bad > 10:
		e.wrong("files", fmt.Sprintf("%d files are lost or damaged, ten are named above", bad), "restore the latest backup")
	case bad == 0 && e.deep:
		e.ok("files", "%d files of %.1f MB are what they should be", count, float64(size)/1e6)
	case bad == 0:
		e.ok("files", "%d files of %.1f MB are there; --deep reads them", count, float64(size)/1e6)
	}
}

func (e *examination) checkFile(ctx context.Context, blob files.Blob) error {
	if e.deep {
		return e.site.Files.Verify(ctx, blob.Hash)
	}
	from, _, err := e.site.Files.Open(ctx, blob.Hash, max(blob.Size-1, 0), 1)
	if err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, from)
	if err = errors.Join(err, from.Close()); err == nil && n != min(blob.Size, 1) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w", files.ErrCorrupt, blob.Hash, err)
	}
	return nil
}
