package capa

// Field reads one field of a stored value, also for types that a Public is part of; it is false for a key that is none.
func (v *Public) Field(key string, s *Stored) bool {
	switch key {
	case "b":
		v.Body = list(s, (*Piece).read)
	case "i":
		v.Inputs = list(s, (*Input).read)
	case "h":
		v.Hints = s.Texts()
	case "q":
		v.Questions = s.Integer()
	case "u":
		v.Unvaried = s.Truth()
	default:
		return s.Unknown()
	}
	return true
}

func (v *Piece) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "k":
			v.Kind = PieceKind(s.Integer())
		case "h":
			v.HTML = s.Text()
		case "n":
			v.N = s.Integer()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *Choice) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "n":
			v.Name = s.Text()
		case "h":
			v.HTML = s.Text()
		case "f":
			v.Fixed = s.Truth()
		case "p":
			v.Parts = list(s, (*choicePart).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *Input) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "i":
			v.ID = s.Text()
		case "k":
			v.Kind = InputKind(s.Text())
		case "r":
			v.Response = s.Integer()
		case "l":
			v.Label = s.Text()
		case "d":
			v.Notes = s.Texts()
		case "c":
			v.Choices = list(s, (*Choice).read)
		default:
			return v.appearance(key, s)
		}
		return true
	})
}

// appearance reads what a field looks like.
func (v *Input) appearance(key string, s *Stored) bool {
	switch key {
	case "x":
		v.Shuffle = s.Truth()
	case "p":
		v.Pool = s.Integer()
	case "s":
		v.Size = s.Integer()
	case "o":
		v.Rows = s.Integer()
	case "m":
		v.Language = s.Text()
	case "z":
		v.Indent = s.Integer()
	case "t":
		v.Trailing = s.Text()
	case "n":
		v.Inline = s.Truth()
	case "h":
		v.Hidden = s.Truth()
	case "g":
		v.Image = optional(s, (*picture).read)
	case "e":
		v.Note = optional(s, (*note).read)
	case "j":
		v.Activity = optional(s, (*activity).read)
	case "b":
		v.Board = optional(s, (*board).read)
	case "u":
		v.Upload = optional(s, (*upload).read)
	case "v":
		v.Given = s.Text()
	default:
		return s.Unknown()
	}
	return true
}
