package site

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/scripting"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Person is who a signed-in user is in a run, for access rules and calls.
func (s *Site) Person(ctx context.Context, user *people.User, run key.Course) (*access.Person, error) {
	if user == nil {
		return &access.Person{Run: run}, nil
	}
	member, err := s.People.Member(ctx, user.ID, run.String())
	if err != nil && !errors.Is(err, people.ErrNotFound) {
		return nil, err
	}
	p, err := s.fromMember(ctx, &member, run)
	if err != nil {
		return nil, err
	}
	p.User, p.Username, p.Admin = user.ID, user.Username, user.Has(people.SiteAdmin)
	p.Learner = s.People.Pseudonym(user.ID, run.String())
	p.Locale, p.Zone = user.Locale, user.Zone
	if err := s.allow(ctx, p); err != nil {
		return nil, err
	}
	return p, s.measure(ctx, p, user.ID)
}

// reader finds whom a notice is for, for notices.
func (s *Site) reader(ctx context.Context, run, learner string) (notices.Reader, bool, error) {
	member, err := s.People.ByPseudonym(ctx, run, learner)
	if errors.Is(err, people.ErrNotFound) || err == nil && member.User == "" {
		return notices.Reader{}, false, nil
	}
	if err != nil {
		return notices.Reader{}, false, err
	}
	user, err := s.People.User(ctx, member.User)
	if errors.Is(err, people.ErrNotFound) {
		return notices.Reader{}, false, nil
	}
	return notices.Reader{Inbox: s.People.Pseudonym(user.ID, ""), Zone: user.Zone}, err == nil && !user.Disabled, err
}

// SitePerson is a signed-in user towards apps of the whole site: a learner there, under a pseudonym that no run has.
func (s *Site) SitePerson(user *people.User) *access.Person {
	return &access.Person{
		User: user.ID, Username: user.Username, Admin: user.Has(people.SiteAdmin), Learner: s.People.Pseudonym(user.ID, ""), Enrolled: true,
		Locale: user.Locale, Zone: user.Zone,
	}
}

// fromMember is the person with the content groups that are his own and that his cohort brings.
func (s *Site) fromMember(ctx context.Context, member *people.Member, run key.Course) (*access.Person, error) {
	brings := ""
	if member.Cohort != "" {
		cohort, err := s.People.Cohort(ctx, run.String(), member.Cohort)
		if err != nil && !errors.Is(err, people.ErrNotFound) {
			return nil, err
		}
		brings = cohort.Group
	}
	return &access.Person{
		User: member.User, Run: run, Learner: member.Pseudonym, Enrolled: member.Enrolled, Since: member.Since, Mode: member.Mode,
		Roles: member.RoleNames(), Groups: contentGroups(member.Groups, brings),
	}, nil
}

// contentGroups are those of a member's own groups and of what his cohort brings.
func contentGroups(own []string, brings string) map[string]int {
	if brings != "" {
		own = append(slices.Clip(own), brings)
	}
	return partitions(own)
}

// partitions reads content groups, which people keep by name as "PARTITION:GROUP".
func partitions(groups []string) map[string]int {
	var out map[string]int
	for _, name := range groups {
		for i := range name {
			if name[i] != ':' {
				continue
			}
			if group, err := strconv.Atoi(name[i+1:]); err == nil {
				if out == nil {
					out = map[string]int{}
				}
				out[name[:i]] = group
			}
			break
		}
	}
	return out
}

// persons finds people by pseudonym, for workers.
type persons struct{ s *Site }

// Person implements scoring.People. Somebody who was erased has no groups or roles any more, but keeps his grades.
func (p persons) Person(ctx context.Context, run key.Course, learner string) (*access.Person, error) {
	member, err := p.s.People.ByPseudonym(ctx, run.String(), learner)
	if errors.Is(err, people.ErrNotFound) {
		return &access.Person{Run: run, Learner: learner}, nil
	}
	if err != nil {
		return nil, err
	}
	person, err := p.s.fromMember(ctx, &member, run)
	if err != nil {
		return nil, err
	}
	return person, p.s.allow(ctx, person)
}

// enroller changes enrolments for blocks that may.
type enroller struct{ people *people.People }

// Enrol implements kernel.Enroller.
func (e enroller) Enrol(ctx context.Context, run, learner, mode string, active bool, _ string) error {
	member, err := e.people.ByPseudonym(ctx, run, learner)
	if err != nil {
		return err
	}
	if active {
		_, _, err = e.people.Enrol(ctx, member.User, run, mode)
	} else {
		_, _, err = e.people.Unenrol(ctx, member.User, run)
	}
	return err
}

// eventLog appends events for the kernel.
type eventLog struct{ log *events.Log }

// Append implements kernel.Events.
func (e eventLog) Append(ctx context.Context, list ...wire.Event) error {
	_, err := e.log.Append(ctx, list...)
	return err
}

// parts keeps files for blocks.
type parts struct{ files *files.Files }

// Keep implements kernel.Files.
func (p parts) Keep(ctx context.Context, learner, run, usage, name, contentType string, data []byte) (wire.File, error) {
	part, err := p.files.PutPart(ctx, bytes.NewReader(data), int64(len(data)), files.Part{
		Owner: learner, Run: run, Usage: usage, Name: name, Type: contentType,
	})
	if err != nil {
		return wire.File{}, err
	}
	return wire.File{Name: part.Name, Type: part.Type, Size: part.Size, Hash: part.Hash}, nil
}

// Owned implements kernel.Files.
func (p parts) Owned(ctx context.Context, learner, usage string, hashes []string) error {
	for _, hash := range hashes {
		if _, err := p.files.Part(ctx, learner, usage, hash); err != nil {
			if errors.Is(err, files.ErrNotFound) || errors.Is(err, files.ErrHash) {
				return wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "a file of the answer is not there any more: upload it again")
			}
			return err
		}
	}
	return nil
}

// Bind implements kernel.Files.
func (p parts) Bind(ctx context.Context, learner, usage, submission string, hashes []string) error {
	return p.files.Bind(ctx, learner, usage, submission, hashes)
}

// reader gives files to blocks.
type reader struct{ s *Site }

// CourseFile implements services.Reader.
func (r reader) CourseFile(ctx context.Context, run, name string, most int64) (wire.File, []byte, error) {
	file, err := r.CourseFileInfo(ctx, run, name)
	if err != nil {
		return file, nil, err
	}
	data, err := r.read(ctx, file.Hash, most)
	return file, data, err
}

// CourseFileInfo implements scripting.Files.
func (r reader) CourseFileInfo(ctx context.Context, run, name string) (wire.File, error) {
	parsed, err := key.ParseCourse(run)
	if err != nil {
		return wire.File{}, err
	}
	asset, err := r.s.Courses.Asset(ctx, parsed, name)
	if errors.Is(err, course.ErrNotFound) {
		return wire.File{}, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "the course has no file %q", name)
	}
	if err != nil {
		return wire.File{}, err
	}
	return wire.File{Name: asset.Name, Type: asset.Type, Size: asset.Size, Hash: asset.Hash}, nil
}

// Part implements services.Reader.
func (r reader) Part(ctx context.Context, learner, usage, hash string, most int64) (wire.File, []byte, error) {
	part, err := r.s.Files.Part(ctx, learner, usage, hash)
	if errors.Is(err, files.ErrNotFound) || errors.Is(err, files.ErrHash) {
		return wire.File{}, nil, wire.Errorf(wire.CodeNotFound, wire.BlameOutside, "the answer has no such file")
	}
	if err != nil {
		return wire.File{}, nil, err
	}
	data, err := r.read(ctx, part.Hash, most)
	return wire.File{Name: part.Name, Type: part.Type, Size: part.Size, Hash: part.Hash}, data, err
}

func (r reader) read(ctx context.Context, hash string, most int64) ([]byte, error) {
	data, err := r.s.Files.Read(ctx, hash, most)
	if errors.Is(err, files.ErrTooLarge) {
		return nil, wire.Errorf(wire.CodeTooLarge, wire.BlameOutside, "the file has more than %d bytes", most)
	}
	return data, err
}

// Keeper stores imported files.
type Keeper struct{ Files *files.Files }

// maxImported bounds one imported file in bytes.
const maxImported = 4 << 30

// Put implements importer.Keeper.
func (k Keeper) Put(ctx context.Context, content io.Reader) (string, int64, error) {
	blob, err := k.Files.Put(ctx, content, maxImported)
	return blob.Hash, blob.Size, err
}

// Compile-time guards.
var (
	_ scoring.People     = persons{}
	_ kernel.Enroller    = enroller{}
	_ kernel.Events      = eventLog{}
	_ kernel.Files       = parts{}
	_ services.Reader    = reader{}
	_ scripting.Files    = reader{}
	_ services.Directory = (*people.People)(nil)
)
