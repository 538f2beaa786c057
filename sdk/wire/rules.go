package wire

import "slices"

// Rule says what one operation may do for one role.
type Rule struct {
	Op      Op
	Role    Role
	Effects []EffectKind
}

var documentEffects = []EffectKind{EffectInsert, EffectReplace, EffectAdd, EffectDelete}

func with(base []EffectKind, more ...EffectKind) []EffectKind {
	return append(slices.Clone(base), more...)
}

// Rules is the table of operation × role -> allowed effects. What is not in it is forbidden, and one forbidden effect voids
// the whole reply. Operations that are missing here may have none.
func Rules() []Rule {
	var (
		app      = with(documentEffects, EffectEvent, EffectNotify, EffectPublish, EffectSchedule, EffectIndex)
		settling = with(app, EffectSettle, EffectEnrol)
		learner  = with(settling, EffectSet, EffectUnset, EffectIncrement, EffectAppend, EffectSubmit, EffectComplete,
			EffectFile, EffectRedraw, EffectSitting)
		staff = with(learner, EffectScore)
		host  = with(settling, EffectIncrement, EffectAppend)
	)
	return []Rule{
		{OpHandle, RoleVisitor, []EffectKind{EffectEvent}},
		{OpHandle, RoleLearner, learner},
		{OpHandle, RoleStaff, staff},
		{OpHandle, RoleAuthor, with(documentEffects, EffectSet, EffectUnset, EffectFile, EffectEvent, EffectPublish)},
		{OpHandle, RoleAdmin, app},
		{OpMount, RoleVisitor, with(documentEffects, EffectEvent)},
		{OpMount, RoleLearner, with(settling, EffectFile)},
		{OpMount, RoleStaff, with(settling, EffectFile, EffectScore)},
		{OpMount, RoleAuthor, with(app, EffectFile)},
		{OpMount, RoleAdmin, with(settling, EffectFile)},
		{OpMount, RoleOutside, settling},
		{OpTask, RoleHost, host},
		{OpEvent, RoleHost, host},
	}
}

var allowed = func() map[Op]map[Role][]EffectKind {
	table := map[Op]map[Role][]EffectKind{}
	for _, rule := range Rules() {
		if table[rule.Op] == nil {
			table[rule.Op] = map[Role][]EffectKind{}
		}
		table[rule.Op][rule.Role] = rule.Effects
	}
	return table
}()

// Allowed reports whether the operation may have the effect for the role.
func Allowed(op Op, role Role, kind EffectKind) bool {
	return slices.Contains(allowed[op][role], kind)
}

// Writable reports whether set and unset may touch the scope for the role.
func Writable(role Role, scope Scope) bool {
	switch scope {
	case ScopeUserState, ScopePrefs, ScopeUserInfo:
		return role == RoleLearner || role == RoleStaff
	case ScopeContent, ScopeSettings:
		return role == RoleAuthor
	case ScopeSummary:
		return false
	}
	return false
}

// Available reports whether the service may be asked during the operation. http is never asked while somebody waits for a
// page, keys never where the answer could be cached.
func Available(op Op, service Service) bool {
	switch op {
	case OpRender:
		return slices.Contains([]Service{ServiceDocuments, ServiceChildren, ServiceUsers, ServiceScores, ServiceSearch}, service)
	case OpHandle, OpMount:
		return service != ServiceHTTP && service != ServiceScript
	case OpTask:
		return service != ServiceScript
	case OpEvent:
		return service != ServiceHTTP && service != ServiceScript && service != ServiceKeys
	case OpVary, OpSolve:
		return service == ServiceScript || service == ServiceFiles
	case OpGrade:
		return service == ServiceScript || service == ServiceFiles || service == ServiceHTTP
	case OpCheck:
		return service == ServiceScript || service == ServiceFiles
	default:
		return false
	}
}

// CheckEffects refuses a reply that holds a forbidden, malformed or misplaced effect: the first reason, or nil. commit is
// the block document that the reply commits on, nil for the caller's own document.
func CheckEffects(op Op, role Role, effects []Effect, commit *DocumentRef) *Error {
	if len(effects) > MaxEffects {
		return Errorf(CodeTooLarge, BlameBlock, "%s answered with %d effects, the limit is %d", op, len(effects), MaxEffects)
	}
	var refusable *Effect
	submits := false
	for i := range effects {
		effect := &effects[i]
		kind := effect.Kind()
		if kind == "" {
			return Errorf(CodeBadReply, BlameBlock, "effect %d of %s has none or several members set: exactly one is needed", i, op)
		}
		if !Allowed(op, role, kind) {
			return Errorf(CodeForbidden, BlameBlock, "effect %d: %s may not %s for role %s", i, op, kind, role)
		}
		if failure := effect.valid(); failure != "" {
			return Errorf(CodeBadReply, BlameBlock, "effect %d (%s): %s", i, kind, failure)
		}
		if !effect.Refusable() {
			continue
		}
		if refusable != nil && (refusable.Add == nil || effect.Add == nil) {
			return Errorf(CodeBadReply, BlameBlock, "effect %d (%s) is the second that can be refused: a reply may hold one, "+
				"or several bounded additions to its commit document", i, kind)
		}
		refusable = effect
		if place := effect.document(); place != nil && (commit == nil || *commit != *place) {
			return Errorf(CodeBadReply, BlameBlock,
				"effect %d (%s) can be refused and must sit on the commit document: set commit to %s %q", i, kind, place.Collection, place.ID)
		}
		if effect.Submit != nil && commit != nil {
			return Errorf(CodeBadReply, BlameBlock, "effect %d: submit commits on the learner's state, not on a document", i)
		}
		submits = submits || effect.Submit != nil
	}
	for i := range effects {
		if schedule := effects[i].Schedule; schedule != nil && schedule.Submission && !submits {
			return Errorf(CodeBadReply, BlameBlock, "effect %d (schedule) hands over a submission, but this reply submits nothing", i)
		}
	}
	return nil
}
