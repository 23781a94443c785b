"""How the client's secret is stored."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class RandomSecretHasher(PBKDF2PasswordHasher):
    """Our client's secret is 384 random bits that nobody can guess, so one round is as good as a million."""

    algorithm = "pbkdf2_sha256_random"
    iterations = 1
