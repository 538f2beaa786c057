package authoring

// ReadDraftsByOne makes the working copy be read one draft after the other, as one of thousands is read in parts.
func ReadDraftsByOne() (restore func()) {
	was := draftPage
	draftPage = 1
	return func() { draftPage = was }
}
