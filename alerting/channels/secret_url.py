"""The settings of services whose webhook's URL is all that one needs to post there: the URL itself is the secret."""

from pydantic import Field, model_validator

from alerting.channels.chat_sender import ChatSettings
from alerting.channels.secrets import read_secret
from alerting.channels.settings import is_in_clear
from news.errors import BadUrlError, DeliveryError, RetryAdvice
from news.url import checked, endpoint


class SecretUrlSettings(ChatSettings):
    """Where the webhook's URL is kept."""

    url_env: str = Field(default="", description="the environment variable that holds the webhook's URL")
    url_file: str = Field(default="", description="the file that holds the webhook's URL")

    @model_validator(mode="after")
    def _one_url(self) -> "SecretUrlSettings":
        if self._named("url") != 1:
            raise ValueError("the webhook's URL is a secret: name url_env or url_file")
        return self

    def endpoint(self) -> tuple[str, int]:
        """The host and port that are dialled. Raises DeliveryError where the URL is not there."""
        return endpoint(self.url())

    def goes_to(self) -> str:
        """Where the URL is kept: nothing else is known of who is told."""
        return f"the URL in {self.url_env or self.url_file}"

    def url(self) -> str:
        """The URL. Raises DeliveryError, which pauses the channel and does not repeat it, where it is none."""
        url, problem = read_secret(self.url_env, self.url_file).strip(), ""
        try:
            checked(url)
        except BadUrlError:
            problem = "is not a URL that can be called"
        if not problem and is_in_clear(url):
            problem = "does not begin with https://, and is not sent in clear over a network"
        if not problem:
            return url
        raise DeliveryError(
            f"what is kept as the webhook's URL {problem}",
            RetryAdvice(pause_channel=True),
            hint="copy it again from the service's own page, whole, then resume the channel",
        )
