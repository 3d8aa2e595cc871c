using WaitFor.Kubernetes.Access;

namespace WaitFor.Tests.Access;

/// <summary>As Go reads these variables, and so kubectl.</summary>
public sealed class EnvironmentProxyTests
{
    [Theory]
    [InlineData("https://10.20.0.5:6443", "", true)]
    [InlineData("https://10.20.0.5:6443", "10.0.0.0/8", false)]
    [InlineData("https://11.20.0.5:6443", "10.0.0.0/8", true)]
    [InlineData("https://10.20.0.5:6443", "192.168.0.1, 10.20.0.5", false)]
    [InlineData("https://10.20.0.5:6443", "10.20.0.5:443", true)]
    [InlineData("https://10.20.0.5:6443", "10.20.0.5:6443", false)]
    [InlineData("https://[2001:db8::1]:6443", "2001:db8::/32", false)]
    [InlineData("https://api.example.com", "example.com", false)]
    [InlineData("https://api.example.com", ".example.com", false)]
    [InlineData("https://example.com", ".example.com", true)]
    [InlineData("https://api.badexample.com", "example.com", true)]
    [InlineData("https://api.example.com", "*.example.com", false)]
    [InlineData("https://api.example.com:6443", "example.com:443", true)]
    [InlineData("https://api.example.com", "*", false)]
    [InlineData("https://127.0.0.1:6443", "", false)]
    [InlineData("https://localhost:6443", "", false)]
    [InlineData("http://api.example.com", "", false)]
    public void NO_PROXY_is_read_as_kubectl_does(string server, string noProxy, bool proxied)
    {
        var environment = new WaitFor.Kubernetes.Access.Environment(
            new Dictionary<string, string> { ["HTTPS_PROXY"] = "proxy.corp:3128", ["NO_PROXY"] = noProxy }
        );

        Assert.Equal(proxied ? "http://proxy.corp:3128/" : null, EnvironmentProxy.For(new Uri(server), environment)?.AbsoluteUri);
    }

    [Theory]
    [InlineData("http://me:secret@:bad")]
    [InlineData("ftp://me:secret@p:21")]
    [InlineData("socks5h://p:21")]
    public void A_broken_proxy_is_told_without_its_password(string proxy)
    {
        var environment = new WaitFor.Kubernetes.Access.Environment(new Dictionary<string, string> { ["https_proxy"] = proxy });

        var message = Assert.Throws<AccessException>(() => EnvironmentProxy.For(new Uri("https://api"), environment)).Message;

        Assert.Equal(
            "HTTPS_PROXY is not an address with http, https or socks5; correct it, or add the API server api to NO_PROXY",
            message
        );
    }
}
