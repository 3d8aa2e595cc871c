namespace WaitFor.Kubernetes.Access;

/// <summary>What access reads of its surroundings, so that tests can give their own.</summary>
public sealed class Environment
{
    private readonly IReadOnlyDictionary<string, string> _variables;

    /// <summary>Takes a set of environment variables.</summary>
    /// <param name="variables">Names and values.</param>
    /// <param name="serviceAccountFolder">Folder of the service account's files; null: the kubelet's.</param>
    public Environment(IReadOnlyDictionary<string, string> variables, string? serviceAccountFolder = null)
    {
        _variables = variables;
        ServiceAccountFolder = serviceAccountFolder ?? InCluster.ServiceAccountFolder;
    }

    /// <summary>All variables, as a child process should see them.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Variables => _variables;

    internal string ServiceAccountFolder { get; }

    /// <summary>A variable's value; null when it is unset or empty.</summary>
    internal string? Get(string name) => _variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
