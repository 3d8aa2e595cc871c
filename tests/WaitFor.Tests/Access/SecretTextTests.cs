using WaitFor.Kubernetes.Access;

namespace WaitFor.Tests.Access;

/// <summary>The last line of a plugin's standard error: what looks like a secret is removed, the rest is what the person needs.</summary>
public sealed class SecretTextTests
{
    private const string Jwt = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3MDB9.c2lnbmF0dXJl";

    [Theory]
    [InlineData("first\nlast one\n\n", "last one")]
    [InlineData("Unable to locate credentials. You can configure credentials by running \"aws configure\".", null)]
    [InlineData("error: executable aws failed with exit code 255", null)]
    [InlineData("ERROR: (gcloud.auth) There was a problem refreshing your current auth tokens: Reauthentication failed", null)]
    [InlineData("token has expired, run kubelogin get-token", null)]
    [InlineData("open /home/me/.kube/cache/oidc-login: permission denied", null)]
    [InlineData("dial tcp 10.96.0.1:443: i/o timeout", null)]
    [InlineData("Get \"https://sts.eu-central-1.amazonaws.com/\": no such host", null)]
    [InlineData("profile my-production-profile-for-databases not found", null)]
    [InlineData(Jwt, "[removed]")]
    [InlineData("got " + Jwt + " from cache", "got [removed] from cache")]
    [InlineData("Authorization: Bearer abc", "Authorization: [removed] [removed]")]
    [InlineData("sent Bearer abc.def", "sent Bearer [removed]")]
    [InlineData("password=hunter2 user=me", "password=[removed] user=me")]
    [InlineData("password: hunter2", "password: [removed]")]
    [InlineData("--client-secret=abc failed", "--client-secret=[removed] failed")]
    [InlineData("client_secret: 'a b c' rejected", "client_secret: [removed] rejected")]
    [InlineData("{\"access_token\":\"abc\"}", "{\"access_token\":[removed]")]
    [InlineData("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS_SECRET_ACCESS_KEY=[removed]")]
    [InlineData("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY is wrong", "key [removed] is wrong")]
    [InlineData("id AKIAIOSFODNN7EXAMPLE unknown", "id [removed] unknown")]
    [InlineData("hash 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "hash [removed]")]
    [InlineData("Post https://me:hunter2@idp/x failed", "Post https://[removed]@idp/x failed")]
    [InlineData("Get https://idp/x?code=abc failed", "Get https://idp/x?[removed] failed")]
    [InlineData("login with password hunter2 failed", "login with password [removed] failed")]
    [InlineData("kinit --password hunter failed", "kinit --password [removed] failed")]
    [InlineData("login --token --verbose failed", null)]
    [InlineData("secret my-app not found, token is invalid", null)]
    [InlineData("a\u001b[31mred", "a [31mred")]
    public void What_looks_like_a_secret_is_removed(string text, string? shown) => Assert.Equal(shown ?? text, SecretText.LastLine(text));

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    public void No_line_is_none(string text) => Assert.Null(SecretText.LastLine(text));

    [Fact]
    public void A_long_line_is_cut() => Assert.Equal(203, SecretText.LastLine(string.Concat(Enumerable.Repeat("word ", 100)))!.Length);
}
