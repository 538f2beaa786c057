package capa

func (v *imageKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "a":
			v.Areas = list(s, (*area).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *area) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "r":
			v.Rectangles = list(s, (*rectangle).read)
		case "p":
			v.Regions = list(s, (*polygon).read)
		case "t":
			v.Texts = s.Texts()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *rectangle) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "l":
			v.Left = s.Integer()
		case "t":
			v.Top = s.Integer()
		case "r":
			v.Right = s.Integer()
		case "b":
			v.Bottom = s.Integer()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *polygon) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "c":
			v.Corners = s.Numbers()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *annotationKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "t":
			v.Tags = list(s, (*tagKey).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *tagKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "v":
			v.Verdicts = s.Texts()
		case "r":
			v.Right = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *choiceTextKey) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "c":
			v.Correct = s.Texts()
		case "n":
			v.Numbers = list(s, (*numberField).read)
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *numberField) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "n":
			v.Name = s.Text()
		case "c":
			v.Choice = s.Text()
		case "a":
			v.Answer = s.Text()
		case "t":
			v.Tolerance = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *choicePart) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "h":
			v.HTML = s.Text()
		case "f":
			v.Field = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *picture) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "s":
			v.Source = s.Text()
		case "a":
			v.Alt = s.Text()
		case "w":
			v.Width = s.Integer()
		case "h":
			v.Height = s.Integer()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *note) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "h":
			v.Title = s.Text()
		case "t":
			v.Text = s.Text()
		case "c":
			v.Comment = s.Text()
		case "p":
			v.Prompt = s.Text()
		case "g":
			v.Tags = s.Text()
		default:
			return s.Unknown()
		}
		return true
	})
}
