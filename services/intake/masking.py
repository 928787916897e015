"""What somebody may see of a person who is not his: enough to recognise, too little to use."""


def masked_name(name: str) -> str:
    """`李雷` → `李*`, `Ada Lovelace` → `A*`."""
    return f"{name.strip()[:1]}*" if name.strip() else ""


def masked_phone(phone: str) -> str:
    """`+8613800138000` → `138****8000`: the last four, and three more of a long number; no extension."""
    digits = "".join(c for c in phone.partition(" ext")[0].removeprefix("+86") if c.isdigit())
    if not digits:
        return ""
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else f"****{digits[-2:]}"


def masked_email(email: str) -> str:
    """`lei.li@example.com` → `l***@example.com`."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}***@{domain}" if domain else ""


def masked_company(company: str) -> str:
    """`上海云帆科技` → `上海****`."""
    return f"{company[:2]}****" if company else ""


def masked_code(code: str) -> str:
    """A rep's code: `L007` → `L**7`."""
    if len(code) <= 2:
        return "*" * len(code)
    return f"{code[0]}{'*' * (len(code) - 2)}{code[-1]}"
