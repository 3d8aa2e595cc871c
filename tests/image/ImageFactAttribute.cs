using WaitFor.Testing;

namespace WaitFor.Image.Tests;

/// <summary>A test of the images that tests/image/run has built. Skipped where there are none; in tests/image/run it fails there.</summary>
internal sealed class ImageFactAttribute : FactAttribute
{
    public ImageFactAttribute() => Skip = WhyNot;

    internal static string? WhyNot =>
        Repository.MustRunAll || Directory.Exists(OciImage.Folder) ? null : "there is no artifacts/image: run tests/image/run";
}

/// <summary>As <see cref="ImageFactAttribute"/>, for a table.</summary>
internal sealed class ImageTheoryAttribute : TheoryAttribute
{
    public ImageTheoryAttribute() => Skip = ImageFactAttribute.WhyNot;
}
