namespace WaitFor.Manifests;

/// <summary>A value of a manifest with its place: a mapping, a list, or text. What an alias stands for is shared, not copied.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Column">Column in the line, from 1.</param>
internal sealed record ManifestNode(int Line, int Column)
{
    private const string MergeKey = "<<";

    /// <summary>The text; null for a mapping, a list and null.</summary>
    public string? Text { get; init; }

    /// <summary>The fields of a mapping, in their order; null for everything else.</summary>
    public IReadOnlyList<KeyValuePair<string, ManifestNode>>? Fields { get; init; }

    /// <summary>The items of a list; null for everything else.</summary>
    public IReadOnlyList<ManifestNode>? Items { get; init; }

    /// <summary>True for null, and for a document without content.</summary>
    public bool IsNull => Text is null && Fields is null && Items is null;

    /// <summary>How many levels it has, what aliases stand for included; 1 for text.</summary>
    public int Levels { get; init; } = 1;

    /// <summary>How many values it has where each alias is written out, itself included.</summary>
    public long Size { get; init; } = 1;

    /// <summary>The field of that name, or the one that <c>&lt;&lt;</c> merges in.</summary>
    public ManifestNode? this[string name]
    {
        get
        {
            if (Fields is not { } fields)
                return null;
            ManifestNode? merged = null;
            for (var index = fields.Count - 1; index >= 0; index--)
            {
                if (fields[index].Key == name)
                    return fields[index].Value;
                if (fields[index].Key == MergeKey)
                    merged ??= fields[index].Value;
            }

            // Of several the first one counts. <see href="https://yaml.org/type/merge.html"/>
            return merged?[name] ?? merged?.Items?.Select(item => item[name]).FirstOrDefault(found => found is not null);
        }
    }
}
