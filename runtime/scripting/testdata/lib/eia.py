# Preferred values.
import eia

assert eia.iseia(4700) and eia.iseia(0.33) and eia.iseia("1.2e6") and eia.iseia(75) and eia.iseia(10)
assert not eia.iseia(4701) and not eia.iseia(0) and not eia.iseia("x") and not eia.iseia(-47) and not eia.iseia(float("inf"))
assert eia.iseia(121, (eia.E96,)) and not eia.iseia(121) and len(eia.E48) == 48 and 920 in eia.E192 and eia.E48[:3] == [100, 105, 110]
