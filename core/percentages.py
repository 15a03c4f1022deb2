"""How a share is said to people; inside, shares are fractions."""


def percent(share: float) -> str:
    """A share as percent with one decimal; more where it would land on 0 or 100 from beside."""
    decimals = 1
    while decimals < 4 and 0 < share < 1 and float(f"{share * 100:.{decimals}f}") in (0, 100):
        decimals += 1
    return f"{share * 100:.{decimals}f} %"
