package capa

// Entity is the character of a name; ok is false for names that are not known.
func Entity(name string) (character string, ok bool) { return namedReference(name) }

// namedReference is the character of a name. XML knows the first five; the others are HTML's that authors use.
func namedReference(name string) (string, bool) {
	switch name {
	case "lt":
		return "<", true
	case "gt":
		return ">", true
	case "amp":
		return "&", true
	case "quot":
		return `"`, true
	case "apos":
		return "'", true
	}
	character := htmlReference(name)
	return character, character != ""
}

func htmlReference(name string) string {
	switch name {
	case "nbsp":
		return "\u00a0"
	case "ndash":
		return "–"
	case "mdash":
		return "—"
	case "hellip":
		return "…"
	case "lsquo":
		return "‘"
	case "rsquo":
		return "’"
	case "ldquo":
		return "“"
	case "rdquo":
		return "”"
	case "laquo":
		return "«"
	case "raquo":
		return "»"
	case "bull":
		return "•"
	case "middot":
		return "·"
	case "copy":
		return "©"
	case "reg":
		return "®"
	case "trade":
		return "™"
	case "euro":
		return "€"
	case "pound":
		return "£"
	case "deg":
		return "°"
	case "times":
		return "×"
	case "divide":
		return "÷"
	case "plusmn":
		return "±"
	case "minus":
		return "−"
	case "le":
		return "≤"
	case "ge":
		return "≥"
	case "ne":
		return "≠"
	case "asymp":
		return "≈"
	case "infin":
		return "∞"
	case "radic":
		return "√"
	case "sum":
		return "∑"
	case "int":
		return "∫"
	case "larr":
		return "←"
	case "rarr":
		return "→"
	case "uarr":
		return "↑"
	case "darr":
		return "↓"
	case "frac12":
		return "½"
	case "frac14":
		return "¼"
	case "sup2":
		return "²"
	case "sup3":
		return "³"
	}
	return greekReference(name)
}

func greekReference(name string) string {
	switch name {
	case "alpha":
		return "α"
	case "beta":
		return "β"
	case "gamma":
		return "γ"
	case "delta":
		return "δ"
	case "Delta":
		return "Δ"
	case "epsilon":
		return "ε"
	case "theta":
		return "θ"
	case "lambda":
		return "λ"
	case "mu", "micro":
		return "μ"
	case "pi":
		return "π"
	case "rho":
		return "ρ"
	case "sigma":
		return "σ"
	case "Sigma":
		return "Σ"
	case "tau":
		return "τ"
	case "phi":
		return "φ"
	case "omega":
		return "ω"
	case "Omega":
		return "Ω"
	}
	return ""
}
