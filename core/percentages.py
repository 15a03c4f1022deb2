"""How a share is said to people; inside, shares are fractions."""


def percent(share: float) -> str:
    """A share as percent with one decimal; more where it would land on 0 or 100 from beside."""
    decimals, size = 1, abs(share)  # what is above a floor may be below zero
    while decimals < 4 and 0 < size < 1 and float(f"{size * 100:.{decimals}f}") in (0, 100):
        decimals += 1
    return f"{share * 100:.{decimals}f} %".replace("-", "\N{MINUS SIGN}")


def points(change: float) -> str:
    """A change of a share in signed percentage points, never rounded onto 0 from beside it."""
    if change == 0:
        return "no change"
    decimals = 1 if abs(change) >= 0.0005 else 2
    return f"{change * 100:+.{decimals}f} points".replace("-", "\N{MINUS SIGN}")
