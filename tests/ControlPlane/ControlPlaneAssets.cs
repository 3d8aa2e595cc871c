namespace WaitFor.Testing;

/// <summary>Where the control plane's binaries are. They are never built from here: <c>tests/control-plane</c> does that.</summary>
public static class ControlPlaneAssets
{
    private const string CacheFolder = "control-plane-1.20.2";

    /// <summary>
    /// The folder with the binaries: <c>KUBEBUILDER_ASSETS</c> if it holds kube-apiserver and etcd, else the cache folder
    /// that <c>tests/control-plane</c> fills; null when neither exists.
    /// </summary>
    public static string? Find()
    {
        var given = Variable("KUBEBUILDER_ASSETS");
        if (given is not null && Holds(given, "kube-apiserver", "etcd"))
        {
            return given;
        }

        var built = Path.Combine(Cache(), CacheFolder);
        return Holds(built, "kube-apiserver", "kube-controller-manager", "etcd") ? built : null;
    }

    // The same rule as in tests/control-plane.
    private static string Cache()
    {
        if (Variable("WAITFOR_CACHE") is { } cache)
        {
            return cache;
        }

        var home = Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(Variable("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache"), "waitfor");
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool Holds(string folder, params string[] names) => names.All(name => File.Exists(Path.Combine(folder, name)));
}
